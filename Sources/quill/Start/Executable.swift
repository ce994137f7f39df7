import Foundation

/// This program as a file.
enum Executable {
  /// Its absolute path, without symbolic links.
  static var path: String {
    #if os(Linux)
      let path = "/proc/self/exe"
    #else
      let path = Bundle.main.executablePath ?? CommandLine.arguments[0]
    #endif
    return URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }

  /// The folder or file of this relative path that lies beside the program or beside one of the folders above it.
  ///
  /// A program that was built lies in `.build/…/release` of its package, and what belongs to it in the package.
  static func resource(_ name: String) -> String? {
    var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    for _ in 0..<5 {
      let candidate = folder.appendingPathComponent(name).path
      if FileManager.default.fileExists(atPath: candidate) { return candidate }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }
}
