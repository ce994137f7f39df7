import Foundation
import JSONValue

/// The parts of a tokenizer.json, with the vocabulary and the merges packed.
struct TokenizerJSON {
  /// All but the model: `normalizer`, `pre_tokenizer`, `post_processor`, `decoder`, `added_tokens`.
  private(set) var parts: [String: JSONValue] = [:]
  /// The model's options, without its vocabulary and merges.
  private(set) var model: [String: JSONValue] = [:]
  /// The texts of the vocabulary in the file's order, and their ids.
  private(set) var texts = PackedTexts()
  private(set) var ids: [Int] = []
  /// The two tokens of each merge in turn.
  private(set) var merges = PackedTexts()

  /// - Throws: ``TokenizerError``.
  init(_ data: Data) throws {
    try data.withUnsafeBytes { raw in
      var scanner = JSONScanner(raw.bindMemory(to: UInt8.self), of: "tokenizer.json")
      try scanner.forEachMember { scanner, name in
        if name == Array("model".utf8) {
          if try scanner.peek() != UInt8(ascii: "{") { throw TokenizerError.component("model", expected: "an object") }
          try readModel(&scanner)
        } else {
          parts[String(decoding: name, as: UTF8.self)] = try scanner.value()
        }
      }
    }
  }

  private mutating func readModel(_ scanner: inout JSONScanner) throws {
    try scanner.forEachMember { scanner, name in
      switch String(decoding: name, as: UTF8.self) {
      case "vocab" where try scanner.peek() == UInt8(ascii: "{"):
        try scanner.forEachMember { scanner, text in
          texts.append(text)
          ids.append(try scanner.integer())
        }
      case "merges" where try scanner.peek() == UInt8(ascii: "["):
        var text: [UInt8] = []
        try scanner.forEachElement { scanner in try readMerge(&scanner, &text) }
      case let name:
        model[name] = try scanner.value()
      }
    }
  }

  /// A merge is one text with a space between the tokens or, since they may have spaces inside, an array of two.
  private mutating func readMerge(_ scanner: inout JSONScanner, _ text: inout [UInt8]) throws {
    let index = merges.count / 2
    if try scanner.peek() == UInt8(ascii: "[") {
      var count = 0
      try scanner.forEachElement { scanner in
        try scanner.string(into: &text)
        merges.append(text)
        count += 1
      }
      if count != 2 { throw TokenizerError.component("merge \(index)", expected: "two tokens") }
    } else {
      try scanner.string(into: &text)
      let parts = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw TokenizerError.malformedMerge(index: index, text: String(decoding: text, as: UTF8.self))
      }
      for part in parts { merges.append(Array(part)) }
    }
  }
}
