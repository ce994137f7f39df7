import Foundation

/// A regular file that is open for reading, until the value is gone.
package struct OpenFile: ~Copyable {
  package let descriptor: Int32
  /// The file's size in bytes when it was opened; at least one.
  package let count: Int

  /// Opens a file.
  ///
  /// - Throws: ``FileError`` when the file is missing, unreadable, a folder, or empty.
  package init(path: String) throws(FileError) {
    // Without waiting for a writer, should the path name a pipe.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    do throws(FileError) {
      count = try Self.size(of: descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  private static func size(of descriptor: Int32, path: String) throws(FileError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, reason: .notARegularFile) }
    guard status.st_size > 0 else { throw FileError(path: path, reason: .empty) }
    return Int(status.st_size)
  }
}
