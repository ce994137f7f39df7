import Foundation

/// A folder that is gone when nobody holds it any more.
package final class TemporaryFolder {
  package let path = FileManager.default.temporaryDirectory.appendingPathComponent("quill-\(UUID().uuidString)").path

  package init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  package func file(_ name: String) -> URL { URL(filePath: "\(path)/\(name)") }

  /// Writes a file over what was there and returns its path.
  @discardableResult package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: file(name))
    return file(name).path
  }

  /// Writes a text file over what was there and returns its path.
  @discardableResult package func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }
}
