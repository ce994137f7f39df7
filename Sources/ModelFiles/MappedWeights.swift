import Foundation
import TensorCore

/// A mapped file of weights that knows what the file looked like when it was mapped.
///
/// A mapping cannot be protected from a program that cuts the file in place: touching a page that is gone ends the
/// process. Headers are therefore copied, and ``checkUnchanged()`` is for the moment before weights are used. Programs
/// that write files as they should, under another name and then renamed, do no harm: the mapping keeps the old file.
struct MappedWeights: Sendable {
  let path: String
  let bytes: Bytes
  private let device: UInt
  private let node: UInt
  private let modified: [Int]

  /// Maps a file.
  ///
  /// - Throws: ``FileError``.
  init(path: String) throws(FileError) {
    bytes = try MappedFile(path: path).bytes
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(path: path, code: errno) }
    device = UInt(status.st_dev)
    node = UInt(status.st_ino)
    modified = Self.time(status)
  }

  /// Makes sure that the file was not cut or written over; one that was removed or replaced by name is unchanged.
  ///
  /// - Throws: ``ChangedFileError``.
  func checkUnchanged() throws(ChangedFileError) {
    var status = stat()
    guard stat(path, &status) == 0, UInt(status.st_dev) == device, UInt(status.st_ino) == node else { return }
    guard Int(status.st_size) == bytes.count, Self.time(status) == modified else {
      throw ChangedFileError(path: path, found: Int(status.st_size), expected: bytes.count)
    }
  }

  /// Lets the system have the memory of whole pages in `range`; they are read from the file when they are touched again.
  func release(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound / page * page
    guard first < last else { return }
    madvise(UnsafeMutableRawPointer(mutating: bytes.pointer + first), last - first, MADV_DONTNEED)
  }

  private static func time(_ status: stat) -> [Int] {
    [Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec)]
  }
}

/// A file was cut or written over while it was open; what it holds now is not known.
package struct ChangedFileError: Error, Hashable {
  package let path: String
  /// Bytes that the file has now.
  package let found: Int
  /// Bytes that it had when it was opened.
  package let expected: Int

  package init(path: String, found: Int, expected: Int) {
    self.path = path
    self.found = found
    self.expected = expected
  }
}
