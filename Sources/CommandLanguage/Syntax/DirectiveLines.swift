/// The `%` lines of a cell, taken off before the Swift parser sees it.
///
/// They are replaced by blanks of the same length, so that every other place in the cell stays where it was.
struct DirectiveLines {
  /// A `%` line: the word after the sign and where the line's directive stands.
  struct Line {
    let name: String
    let range: SourceRange
  }

  let lines: [Line]
  /// The cell without its `%` lines.
  let text: String

  init(of file: SourceFile) {
    var lines: [Line] = []
    var bytes = Array(file.text.utf8)
    var lineStart = 0
    var isInsideText = false
    while lineStart < bytes.count {
      let lineEnd = bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if !isInsideText, let word = Self.word(in: bytes, from: lineStart, to: lineEnd) {
        let name = String(decoding: bytes[(word.lowerBound + 1)..<word.upperBound], as: UTF8.self)
        lines.append(
          Line(name: name, range: SourceRange(file: file, lower: word.lowerBound, upper: word.upperBound)))
        let blank = name == "time" ? word : word.lowerBound..<lineEnd
        for index in blank { bytes[index] = UInt8(ascii: " ") }
      }
      if Self.countsOfQuotes(in: bytes, from: lineStart, to: lineEnd) % 2 == 1 { isInsideText.toggle() }
      lineStart = lineEnd + 1
    }
    self.lines = lines
    text = lines.isEmpty ? file.text : String(decoding: bytes, as: UTF8.self)
  }

  /// `%word` at the beginning of a line.
  private static func word(in bytes: [UInt8], from start: Int, to end: Int) -> Range<Int>? {
    var index = start
    while index < end, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") { index += 1 }
    guard index + 1 < end, bytes[index] == UInt8(ascii: "%"), isLetter(bytes[index + 1]) else { return nil }
    var wordEnd = index + 1
    while wordEnd < end, isLetter(bytes[wordEnd]) { wordEnd += 1 }
    return index..<wordEnd
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  /// How often `"""` stands in a line: an odd number opens or closes a text of several lines.
  private static func countsOfQuotes(in bytes: [UInt8], from start: Int, to end: Int) -> Int {
    let quote = UInt8(ascii: "\"")
    var count = 0
    var index = start
    while index + 2 < end {
      if bytes[index] == quote, bytes[index + 1] == quote, bytes[index + 2] == quote {
        count += 1
        index += 3
      } else {
        index += 1
      }
    }
    return count
  }
}
