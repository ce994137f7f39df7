import ArgumentParser
import Foundation

/// `quill install`: makes Jupyter know the kernel.
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Make the kernel known to Jupyter.",
    discussion: "Without a place it is installed for the current user.")

  @Flag(help: "For the current user.")
  var user = false

  @Flag(help: "Into the Python environment in use: VIRTUAL_ENV, CONDA_PREFIX or that of the first python3 in PATH.")
  var sysPrefix = false

  @Option(help: "Below this folder, in share/jupyter/kernels.")
  var prefix: String?

  @Option(help: "The name by which front ends start the kernel.")
  var name = "quill"

  func validate() throws {
    if [user, sysPrefix, prefix != nil].count(where: { $0 }) > 1 {
      throw ValidationError("only one of --user, --sys-prefix and --prefix can be given")
    }
    // Jupyter's own rule for the names of kernels.
    if name.isEmpty || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }) {
      throw ValidationError("'\(name)' is no name of a kernel; it has letters, digits, '.', '_' and '-' only")
    }
  }

  func run() throws {
    let specification = try KernelSpecification(executable: Executable.path)
    let written = try specification.write(into: dataFolder() + "/kernels/" + name.lowercased())
    print(written.joined(separator: "\n"))
    if specification.logoFolder == nil {
      print("without logos: the folder 'kernelspec' of Quill's source is not beside this program")
    }
  }

  private func dataFolder() throws -> String {
    if let prefix { return JupyterFolders.data(below: URL(fileURLWithPath: prefix).standardizedFileURL.path) }
    guard sysPrefix else { return JupyterFolders.user }
    guard let environment = JupyterFolders.environmentPrefix else { throw InstallFailure.noEnvironment }
    return JupyterFolders.data(below: environment)
  }
}
