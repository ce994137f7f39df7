import Foundation

/// A file mapped read-only into memory; pages are read when they are first touched.
package final class MappedFile: @unchecked Sendable {
  package let path: String
  package let count: Int
  let pointer: UnsafeRawPointer

  /// Maps the whole file.
  ///
  /// - Throws: ``FileError`` when the file is missing, unreadable, a folder, or empty.
  package init(path: String) throws(FileError) {
    // Without waiting for a writer, should the path name a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: .notARegularFile) }
    guard status.st_size > 0 else { throw FileError(path: path, reason: .empty) }
    guard let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED
    else { throw FileError(path: path, code: errno) }
    self.path = path
    count = Int(status.st_size)
    pointer = UnsafeRawPointer(address)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: pointer), count) }

  /// The whole file.
  package var bytes: Bytes { Bytes(self) }
}

/// Why a file could not be opened or written.
package struct FileError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case notARegularFile
    case empty
    /// An error number of the operating system.
    case system(Int32)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  package init(path: String, code: Int32) { self.init(path: path, reason: .system(code)) }
}
