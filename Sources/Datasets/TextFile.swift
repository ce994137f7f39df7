import Foundation

/// The bytes of a file of text, known to be UTF-8.
struct TextFile: Sendable {
  /// The most bytes that a gzip file may unpack to.
  static let longestUnpacked = 8 << 30

  /// The last part of the path, for messages.
  let name: String
  let data: Data
  /// Where the text begins, behind a byte-order mark.
  let start: Int

  /// - Throws: ``DatasetError/unreadable(path:reason:)`` or ``DatasetError/invalidUTF8(file:line:offset:)``, and ``DatasetError/damagedGzip(path:)``
  ///   for one packed by gzip, as its ending `.gz` says.
  init(path: String) throws(DatasetError) {
    let url = URL(fileURLWithPath: path)
    let contents = try Self.contents(of: url)
    data = url.pathExtension.lowercased() == "gz" ? try Self.unpacked(contents, path: path) : contents
    name = url.lastPathComponent
    start = data.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    if let offset = withBytes({ UTF8Check.firstInvalidOffset(in: $0) }) {
      throw .invalidUTF8(file: name, line: line(at: offset), offset: offset)
    }
  }

  /// The bytes of a file as they are.
  ///
  /// - Throws: ``DatasetError/unreadable(path:reason:)``.
  static func contents(of url: URL) throws(DatasetError) -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw .unreadable(path: url.path, reason: reason(for: url.path))
    }
  }

  private static func unpacked(_ data: Data, path: String) throws(DatasetError) -> Data {
    guard let bytes = data.withUnsafeBytes({ Gzip.inflated($0, limit: longestUnpacked) }) else {
      throw .damagedGzip(path: path)
    }
    return Data(bytes)
  }

  private static func reason(for path: String) -> String {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      return "there is no such file"
    }
    return isDirectory.boolValue ? "it is a folder" : "it may not be read"
  }

  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try data.withUnsafeBytes { try body($0.bindMemory(to: UInt8.self)) }
  }

  /// The number of the line, from 1, that has the byte at `offset`.
  ///
  /// Counted when a message needs it, so that reading does not have to.
  func line(at offset: Int) -> Int {
    withBytes { bytes in
      var line = 1
      for index in 0..<min(offset, bytes.count) {
        let isLoneReturn = bytes[index] == 0x0d && (index + 1 == bytes.count || bytes[index + 1] != 0x0a)
        if bytes[index] == 0x0a || isLoneReturn { line += 1 }
      }
      return line
    }
  }
}

/// Looks for bytes that are not UTF-8.
enum UTF8Check {
  /// The offset of the first byte that begins no valid character, or `nil`.
  ///
  /// - Complexity: O(n), eight bytes at a time where they are ASCII.
  static func firstInvalidOffset(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset < raw.count {
      if offset + 8 <= raw.count,
        raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        offset += 8
      } else if raw[offset] < 0x80 {
        offset += 1
      } else {
        let length = lengthOfMultibyte(in: bytes, at: offset)
        if length == 0 { return offset }
        offset += length
      }
    }
    return nil
  }

  /// The length of the valid character of several bytes that begins at `offset`, or 0.
  private static func lengthOfMultibyte(in bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int {
    let lead = bytes[offset]
    let length = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    guard length > 0, offset + length <= bytes.count else { return 0 }
    let second = bytes[offset + 1]
    let allowed: ClosedRange<UInt8> =
      switch lead {
      case 0xe0: 0xa0...0xbf
      case 0xed: 0x80...0x9f
      case 0xf0: 0x90...0xbf
      case 0xf4: 0x80...0x8f
      default: 0x80...0xbf
      }
    guard allowed.contains(second) else { return 0 }
    for index in offset + 2..<offset + length where bytes[index] & 0xc0 != 0x80 { return 0 }
    return length
  }
}
