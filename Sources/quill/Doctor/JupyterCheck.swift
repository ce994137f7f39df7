import Foundation
import JSONValue

/// Whether Jupyter is here and knows the kernel.
enum JupyterCheck {
  static var findings: [Finding] {
    let kernels = JupyterFolders.all.flatMap(kernels)
    let none = Finding.warn(
      "kernel", "Jupyter does not know it; looked in \(JupyterFolders.all.joined(separator: ", "))",
      remedy: "'quill install --user', or 'quill install --sys-prefix' for the Python environment in use")
    return [jupyter] + (kernels.isEmpty ? [none] : kernels)
  }

  private static var jupyter: Finding {
    if let path = JupyterFolders.program("jupyter") { return .ok("jupyter", path) }
    return .warn("jupyter", "no 'jupyter' in PATH", remedy: "activate its environment, or: pip install jupyterlab")
  }

  /// The specifications in a data folder that start a program called like this one.
  private static func kernels(in folder: String) -> [Finding] {
    let kernels = folder + "/kernels"
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: kernels)) ?? []).sorted()
    return names.compactMap { name in
      let path = "\(kernels)/\(name)/kernel.json"
      guard let data = FileManager.default.contents(atPath: path), let content = try? JSONValue(parsing: data),
        let program = content["argv"]?[0]?.string, (program as NSString).lastPathComponent == "quill"
      else { return nil }
      return finding(name: name, specification: path, program: program)
    }
  }

  private static func finding(name: String, specification: String, program: String) -> Finding {
    let text = "'\(name)' in \(specification)"
    guard FileManager.default.isExecutableFile(atPath: program) else {
      return .warn(
        "kernel", "\(text) starts '\(program)', which is not there", remedy: "'quill install' writes it anew")
    }
    if URL(fileURLWithPath: program).resolvingSymlinksInPath().path == Executable.path { return .ok("kernel", text) }
    return .warn(
      "kernel", "\(text) starts another program, '\(program)'", remedy: "'quill install' makes it start this one")
  }
}
