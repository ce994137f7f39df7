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
    let file = try OpenFile(path: path)
    guard let address = mmap(nil, file.count, PROT_READ, MAP_PRIVATE, file.descriptor, 0), address != MAP_FAILED
    else { throw FileError(path: path, code: errno) }
    self.path = path
    count = file.count
    pointer = UnsafeRawPointer(address)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: pointer), count) }

  /// The whole file.
  package var bytes: Bytes { Bytes(self) }
}
