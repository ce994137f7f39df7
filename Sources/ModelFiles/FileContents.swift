import Foundation
import TensorCore

/// Small files, read whole: nothing that happens to the file afterwards matters.
package enum FileContents {
  /// The bytes of a file, or `nil` when there are more than `limit`.
  ///
  /// - Throws: ``FileError`` when the file is missing, unreadable, a folder, or empty.
  package static func read(_ path: String, atMost limit: Int) throws(FileError) -> Bytes? {
    let file = try OpenFile(path: path)
    guard file.count <= limit else { return nil }
    var count = 0
    var code: Int32 = 0
    let bytes = Bytes(count: file.count) { buffer in
      while count < buffer.count {
        let size = Foundation.read(file.descriptor, buffer.baseAddress! + count, buffer.count - count)
        if size < 0, errno == EINTR { continue }
        if size < 0 { code = errno }
        if size <= 0 { break }
        count += size
      }
    }
    guard code == 0 else { throw FileError(path: path, code: code) }
    guard count > 0 else { throw FileError(path: path, reason: .empty) }
    return bytes[0..<count]
  }

  /// Whether there is a file, or a link to one, of that name.
  package static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Whether there is a folder of that name.
  package static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, sorted.
  ///
  /// - Throws: ``FileError``.
  package static func names(in folder: String) throws(FileError) -> [String] {
    guard let directory = opendir(folder) else { throw FileError(path: folder, code: errno) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
