/// The text of one cell, with the name that errors give it.
package final class SourceFile: Sendable {
  /// The name in errors, as `cell 12` or a file's name.
  package let name: String
  package let text: String
  private let bytes: [UInt8]
  /// The offset at which each line begins.
  private let lineStarts: [Int]

  package init(name: String, text: String) {
    self.name = name
    self.text = text
    let bytes = Array(text.utf8)
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  /// The number of UTF-8 bytes.
  var length: Int { bytes.count }

  /// The line, counted from 1, that holds a byte offset.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The text of a line, counted from 1, without its line break.
  package func text(ofLine line: Int) -> String {
    let start = lineStarts[line - 1]
    let end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    return string(in: start..<max(start, end)).filter { $0 != "\r" && $0 != "\r\n" }
  }

  /// The part of the line before a byte offset.
  package func textBefore(_ offset: Int) -> String {
    string(in: lineStarts[line(at: offset) - 1]..<min(offset, bytes.count))
  }

  /// The text between two byte offsets.
  package func string(in range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// A stretch of a cell's source, in UTF-8 bytes.
package struct SourceRange: Sendable {
  package let file: SourceFile
  package let lower: Int
  package let upper: Int

  package init(file: SourceFile, lower: Int, upper: Int) {
    self.file = file
    self.lower = lower
    self.upper = upper
  }

  /// The line on which it begins, counted from 1.
  package var line: Int { file.line(at: lower) }

  /// The source text.
  package var text: String { file.string(in: lower..<upper) }

  /// From the start of this range to the end of another.
  func joined(to other: SourceRange) -> SourceRange {
    SourceRange(file: file, lower: lower, upper: max(upper, other.upper))
  }
}
