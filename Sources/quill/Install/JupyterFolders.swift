import Foundation

/// The folders where Jupyter looks for kernels and other data.
enum JupyterFolders {
  /// A person's own folder: `$JUPYTER_DATA_DIR`, else the one that Jupyter uses on this system.
  static var user: String {
    if let folder = variable("JUPYTER_DATA_DIR") { return folder }
    #if os(macOS)
      return NSHomeDirectory() + "/Library/Jupyter"
    #else
      return (variable("XDG_DATA_HOME") ?? NSHomeDirectory() + "/.local/share") + "/jupyter"
    #endif
  }

  /// The prefix of the Python environment in use: a virtual environment, one of conda, or that of the first `python3` in `PATH`.
  static var environmentPrefix: String? {
    variable("VIRTUAL_ENV") ?? variable("CONDA_PREFIX")
      ?? program("python3").map {
        URL(fileURLWithPath: $0).deletingLastPathComponent().deletingLastPathComponent().path
      }
  }

  /// The data folder below a prefix.
  static func data(below prefix: String) -> String { prefix + "/share/jupyter" }

  /// Every folder in which Jupyter looks, in its order, each once.
  static var all: [String] {
    let listed = variable("JUPYTER_PATH")?.split(separator: ":").map(String.init) ?? []
    let environment = environmentPrefix.map { [data(below: $0)] } ?? []
    var seen: Set<String> = []
    return (listed + [user] + environment + ["/usr/local/share/jupyter", "/usr/share/jupyter"]).filter {
      seen.insert($0).inserted
    }
  }

  /// The path of a program in `PATH`.
  static func program(_ name: String) -> String? {
    (variable("PATH") ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first(where: FileManager.default.isExecutableFile)
  }

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
