import Foundation
import TensorCore

/// Writes files so that a reader sees the old one or the new one and never a half.
package enum AtomicFile {
  /// Writes `data` to a temporary file beside `path` and renames it.
  ///
  /// - Throws: ``FileError``; what was at `path` is then still there.
  package static func write(_ data: Data, to path: String) throws(FileError) {
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    var code = writeAll(data, to: descriptor)
    if code == 0, fsync(descriptor) != 0 { code = errno }
    if close(descriptor) != 0, code == 0 { code = errno }
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw FileError(path: path, code: code)
    }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Throws: ``FileError``, with `EEXIST` when a file has that name.
  package static func makeFolder(_ path: String) throws(FileError) {
    var code = makeOneFolder(path)
    let parent = (path as NSString).deletingLastPathComponent
    if code == ENOENT, !parent.isEmpty, parent != path {
      try makeFolder(parent)
      code = makeOneFolder(path)
    }
    guard code == 0 else { throw FileError(path: path, code: code) }
  }

  /// The error number, or 0 when the folder is there.
  private static func makeOneFolder(_ path: String) -> Int32 {
    if mkdir(path, 0o755) == 0 { return 0 }
    let code = errno
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    return isFolder ? 0 : code
  }

  private static func writeAll(_ data: Data, to descriptor: Int32) -> Int32 {
    data.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let written = Foundation.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written < 0 && errno != EINTR { return errno }
        if written > 0 { offset += written }
      }
      return 0
    }
  }
}
