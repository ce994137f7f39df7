import Foundation
import JSONValue

/// What Jupyter has to know to start a kernel: the file `kernel.json`, and logos beside it.
struct KernelSpecification {
  /// The content of `kernel.json`.
  let content: JSONValue
  /// The folder of the logos, or `nil` where there are none.
  let logoFolder: String?

  private static let logos = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"]

  /// Describes the kernel of a program, by the template that lies with Quill's source or, for a program that was
  /// copied elsewhere, without logos.
  ///
  /// - Throws: ``InstallFailure/badTemplate(path:)``.
  init(executable: String) throws {
    guard let folder = Executable.resource("kernelspec") else {
      content = Self.content(argv: [executable, "kernel", "--connection-file", "{connection_file}"])
      logoFolder = nil
      return
    }
    let path = folder + "/kernel.json"
    guard let template = try? JSONValue(parsing: Data(contentsOf: URL(fileURLWithPath: path))),
      case .object(var members) = template, let argv = members["argv"]?.array
    else { throw InstallFailure.badTemplate(path: path) }
    members["argv"] = .array(argv.map { $0 == "{quill}" ? .string(executable) : $0 })
    content = .object(members)
    logoFolder = folder
  }

  /// The same fields as in `kernelspec/kernel.json`.
  private static func content(argv: [String]) -> JSONValue {
    [
      "argv": .array(argv.map { .string($0) }), "display_name": "Quill", "language": "swift",
      "interrupt_mode": "message", "metadata": ["debugger": false],
    ]
  }

  /// Writes the files into a folder, over what is there.
  ///
  /// - Returns: The paths of what was written.
  /// - Throws: ``InstallFailure/notWritable(path:reason:)``.
  func write(into folder: String) throws -> [String] {
    let target = URL(fileURLWithPath: folder, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
      let json = target.appendingPathComponent("kernel.json")
      try (content.serialized(pretty: true) + Data("\n".utf8)).write(to: json, options: .atomic)
      return try [json.path] + copyLogos(into: target)
    } catch {
      throw InstallFailure.notWritable(path: folder, reason: error.localizedDescription)
    }
  }

  private func copyLogos(into target: URL) throws -> [String] {
    guard let logoFolder else { return [] }
    return try Self.logos.compactMap { name in
      guard let logo = try? Data(contentsOf: URL(fileURLWithPath: logoFolder + "/" + name)) else { return nil }
      let copy = target.appendingPathComponent(name)
      try logo.write(to: copy, options: .atomic)
      return copy.path
    }
  }
}

/// Why the kernel could not be installed.
enum InstallFailure: Error, CustomStringConvertible {
  case badTemplate(path: String)
  case notWritable(path: String, reason: String)
  case noEnvironment

  var description: String {
    switch self {
    case .badTemplate(let path): "'\(path)' is no kernel specification; restore it from Quill's source"
    case .notWritable(let path, let reason): "cannot write into '\(path)': \(reason)"
    case .noEnvironment:
      "there is no Python environment: neither VIRTUAL_ENV nor CONDA_PREFIX is set and no python3 is in PATH; use --user"
    }
  }
}
