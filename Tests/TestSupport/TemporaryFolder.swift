import Foundation

/// A folder that is gone when nobody holds it any more.
package final class TemporaryFolder {
  package let path = FileManager.default.temporaryDirectory.appendingPathComponent("quill-\(UUID().uuidString)").path

  package init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file over what was there and returns its path.
  @discardableResult package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}
