import Foundation

/// Text in columns of a fixed width, as a terminal shows it.
enum TextLayout {
  /// The number of terminal columns that a text takes: two for wide East Asian letters and emoji, none for accents.
  static func width(_ text: String) -> Int {
    if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return text.utf8.count }
    return text.reduce(0) { $0 + width($1) }
  }

  private static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") { return 2 }
    let wide: [ClosedRange<UInt32>] = [
      0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff, 0xa000...0xa4cf,
      0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f,
      0x1f900...0x1f9ff, 0x20000...0x3fffd,
    ]
    return wide.contains { $0.contains(first.value) } ? 2 : 1
  }

  /// The text filled with spaces to a width; longer text is left as it is.
  static func padded(_ text: String, to width: Int, alignment: Label.Alignment) -> String {
    let missing = max(0, width - self.width(text))
    switch alignment {
    case .left: return text + String(repeating: " ", count: missing)
    case .right: return String(repeating: " ", count: missing) + text
    case .center:
      let before = missing / 2
      return String(repeating: " ", count: before) + text + String(repeating: " ", count: missing - before)
    }
  }

  /// The text, or its start with an ellipsis where it is wider than `limit` columns.
  static func shortened(_ text: String, to limit: Int) -> String {
    guard width(text) > limit else { return text }
    var kept = ""
    var used = 1
    for character in text {
      used += width(character)
      if used > limit { break }
      kept.append(character)
    }
    return kept + "…"
  }

  /// The text on one line with its white space and control characters visible.
  ///
  /// - Parameter marksSpaces: Whether spaces become `␣` too.
  static func visible(_ text: String, marksSpaces: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case " ": result += marksSpaces ? "␣" : " "
      case "\n": result += "⏎"
      case "\r": result += "␍"
      case "\t": result += "⇥"
      case _ where scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The lines without spaces at their ends, and with control characters, which could steer a terminal, made visible.
  static func joined(_ lines: [String]) -> String {
    lines.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }.map { line in
      var line = Substring(line)
      while line.last == " " { line.removeLast() }
      let isPlain = line.utf8.allSatisfy { $0 >= 32 && $0 != 127 && $0 != 0xc2 }
      return isPlain ? String(line) : visible(String(line), marksSpaces: false)
    }.joined(separator: "\n")
  }

  /// A horizontal bar of block characters, in eighths of a column.
  static func bar(_ fraction: Double, width: Int) -> String {
    guard fraction.isFinite else { return "" }
    let eighths = Int((min(1, max(0, fraction)) * Double(width * 8)).rounded())
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }
}
