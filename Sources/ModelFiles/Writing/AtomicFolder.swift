import Foundation
import TensorCore

/// Writes folders so that no file in them is ever a half.
package enum AtomicFolder {
  /// Lets `body` fill a temporary folder beside `path`, which then becomes the folder or goes into it.
  ///
  /// A folder that was not there appears whole, by one renaming. In one that was there each new file replaces the old one of
  /// its name and all others stay, but for those that `isStale` names; that happens when everything is written already,
  /// so that a full disk or an interruption leaves it as it was.
  ///
  /// - Parameters:
  ///   - isStale: Whether a file of that name would contradict the new ones.
  ///   - body: Is given the path of the temporary folder.
  /// - Throws: ``FileError``, and what `body` throws; nothing is then left beside `path`.
  package static func write(
    to path: String, isStale: (_ name: String) -> Bool = { _ in false }, _ body: (_ folder: String) throws -> Void
  ) throws {
    let temporary = AtomicFile.temporaryPath(for: path)
    try? FileManager.default.removeItem(atPath: temporary)
    try AtomicFile.makeFolder(temporary)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try body(temporary)
    // Takes the place of an empty folder too.
    if rename(temporary, path) == 0 { return }
    let code = errno
    guard code == ENOTEMPTY || code == EEXIST else { throw FileError(path: path, code: code) }
    let new = try names(in: temporary)
    for name in new where rename("\(temporary)/\(name)", "\(path)/\(name)") != 0 {
      throw FileError(path: "\(path)/\(name)", code: errno)
    }
    for name in try names(in: path) where isStale(name) && !new.contains(name) { unlink("\(path)/\(name)") }
  }

  private static func names(in folder: String) throws(FileError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw FileError(path: folder, code: EIO)
    }
  }
}
