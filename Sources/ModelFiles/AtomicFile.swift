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

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, code: errorNumber(of: error))
    }
  }

  /// The operating system's number behind an error of Foundation.
  private static func errorNumber(of error: any Error) -> Int32 {
    var next: NSError? = error as NSError
    while let error = next {
      if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
      next = error.userInfo[NSUnderlyingErrorKey] as? NSError
    }
    return (error as? CocoaError)?.code == .fileWriteFileExists ? EEXIST : EIO
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
