import Foundation

/// A change of the text before it is cut into words.
indirect enum Normalizer: Sendable, Hashable {
  case sequence([Normalizer])
  case nfc
  case nfd
  case nfkc
  case nfkd
  case lowercase
  case stripAccents
  /// Takes white space away at the ends.
  case strip(left: Bool, right: Bool)
  case prepend(String)
  case replace(String, by: String)
  /// A run of at least `count` spaces becomes `content`.
  case replaceSpaces(atLeast: Int, by: String)

  /// Changes UTF-8 text.
  func apply(to text: inout [UInt8]) {
    switch self {
    case .sequence(let steps): for step in steps { step.apply(to: &text) }
    case .prepend(let prefix): if !text.isEmpty { text.insert(contentsOf: prefix.utf8, at: 0) }
    case .replace(let found, let content):
      ByteReplacement.replace(Array(found.utf8), by: Array(content.utf8), in: &text)
    case .replaceSpaces(let count, let content): Self.replaceSpaces(atLeast: count, by: content, in: &text)
    case .nfc, .nfd, .nfkc, .nfkd:
      if text.allSatisfy({ $0 < 0x80 }) { return }
      text = Array(normalized(String(decoding: text, as: UTF8.self)).utf8)
    case .lowercase, .stripAccents, .strip:
      text = Array(changed(String(decoding: text, as: UTF8.self)).utf8)
    }
  }

  private func normalized(_ text: String) -> String {
    switch self {
    case .nfc: text.precomposedStringWithCanonicalMapping
    case .nfd: text.decomposedStringWithCanonicalMapping
    case .nfkc: text.precomposedStringWithCompatibilityMapping
    default: text.decomposedStringWithCompatibilityMapping
    }
  }

  private func changed(_ text: String) -> String {
    var scalars = Substring(text).unicodeScalars
    switch self {
    case .lowercase: return scalars.reduce(into: "") { $0 += $1.properties.lowercaseMapping }
    case .stripAccents: scalars.removeAll { $0.properties.generalCategory == .nonspacingMark }
    case .strip(let left, let right):
      if left { scalars = scalars.drop { $0.properties.isWhitespace } }
      while right, scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    default: break
    }
    return String(scalars)
  }

  private static func replaceSpaces(atLeast count: Int, by content: String, in text: inout [UInt8]) {
    var changed: [UInt8] = []
    var run = 0
    for byte in text + [0] {
      if byte == UInt8(ascii: " ") {
        run += 1
        continue
      }
      if run >= count { changed += content.utf8 } else { changed += [UInt8](repeating: UInt8(ascii: " "), count: run) }
      run = 0
      changed.append(byte)
    }
    text = changed.dropLast()
  }
}

/// Replacement of one byte string by another.
enum ByteReplacement {
  /// Replaces every `found`, from the left.
  static func replace(_ found: [UInt8], by content: [UInt8], in text: inout [UInt8]) {
    guard let first = found.first, text.contains(first) else { return }
    var changed: [UInt8] = []
    changed.reserveCapacity(text.count + text.count / 2)
    var position = 0
    while position < text.count {
      if text[position] == first, text[position...].starts(with: found) {
        changed += content
        position += found.count
      } else {
        changed.append(text[position])
        position += 1
      }
    }
    text = changed
  }
}
