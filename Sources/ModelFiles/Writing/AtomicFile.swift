import Foundation
import TensorCore

/// Writes files so that a reader sees the old one or the new one and never a half.
package enum AtomicFile {
  /// Writes `data` to a temporary file beside `path` and renames it.
  ///
  /// - Throws: ``FileError``; what was at `path` is then still there.
  package static func write(_ data: Data, to path: String) throws(FileError) {
    do {
      try write(to: path) { sink in try data.withUnsafeBytes { try sink.write($0) } }
    } catch let error as FileError {
      throw error
    } catch {
      preconditionFailure("\(error)")
    }
  }

  /// Lets `body` write a temporary file beside `path`, piece by piece, and renames it.
  ///
  /// - Throws: ``FileError``, and what `body` throws; what was at `path` is then still there, and nothing beside it.
  package static func write(to path: String, _ body: (inout FileSink) throws -> Void) throws {
    let temporary = temporaryPath(for: path)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    do {
      var sink = FileSink(descriptor: descriptor, path: path)
      try body(&sink)
      if fsync(descriptor) != 0 { throw FileError(path: path, code: errno) }
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    var code: Int32 = close(descriptor) == 0 ? 0 : errno
    if code == 0, rename(temporary, path) != 0 { code = errno }
    guard code == 0 else {
      unlink(temporary)
      throw FileError(path: path, code: code)
    }
  }

  /// Where something is written before it gets its name: in the same folder, so that renaming moves no bytes.
  static func temporaryPath(for path: String) -> String {
    var name = path
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    return "\(name).\(getpid()).partial"
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
}

/// The end of a file that is being written.
package struct FileSink {
  private let descriptor: Int32
  /// The name that the file will have, for messages.
  private let path: String
  /// Bytes written until now.
  package private(set) var count = 0

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var offset = 0
    while offset < bytes.count {
      let written = Foundation.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
      if written < 0 && errno != EINTR { throw FileError(path: path, code: errno) }
      if written > 0 { offset += written }
    }
    count += bytes.count
  }

  /// Appends bytes.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    let written: Result<Void, FileError> = bytes.withUnsafeBytes { buffer in
      Result { () throws(FileError) in try write(buffer) }
    }
    try written.get()
  }

  /// Appends zeros up to the next multiple of `alignment`.
  mutating func pad(to alignment: Int) throws(FileError) {
    try write([UInt8](repeating: 0, count: (alignment - count % alignment) % alignment))
  }
}
