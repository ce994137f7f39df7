/// Turns ids into text one by one, never cutting a character: what may become one is held back.
///
/// All pieces joined are the text of all ids at once.
package struct StreamDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skippingSpecialTokens: Bool
  private var decoder: TextDecoder
  private var pending: [UInt8] = []

  package init(_ tokenizer: Tokenizer, skippingSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    self.skippingSpecialTokens = skippingSpecialTokens
    decoder = TextDecoder(tokenizer.pipeline.decoder)
  }

  /// Takes the next id and returns the text that is certain now, which may be empty.
  ///
  /// - Throws: ``TokenizerError/tokenOutOfRange(id:tokens:)``.
  package mutating func append(_ id: Int) throws(TokenizerError) -> String {
    if try tokenizer.isSpecial(id), skippingSpecialTokens { return "" }
    decoder.append(id, of: tokenizer.pipeline.vocabulary, to: &pending)
    let ready = pending.count - Self.incompleteSuffixCount(of: pending)
    defer { pending.removeFirst(ready) }
    return String(decoding: pending[..<ready], as: UTF8.self)
  }

  /// Returns what was held back, a character without its end as U+FFFD; the next id begins a new text.
  package mutating func finish() -> String {
    defer {
      pending = []
      decoder = TextDecoder(tokenizer.pipeline.decoder)
    }
    return String(decoding: pending, as: UTF8.self)
  }

  /// How many bytes at the end are the beginning of a character that more bytes could complete.
  private static func incompleteSuffixCount(of bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let lead = bytes[bytes.count - count]
      if lead & 0xc0 == 0x80 { continue }
      let length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
      if count >= length { return 0 }
      if count > 1, !secondByteRange(after: lead).contains(bytes[bytes.count - count + 1]) { return 0 }
      return count
    }
    return 0
  }

  /// The second bytes that may follow a lead byte: no overlong forms, no surrogates, nothing above U+10FFFF.
  private static func secondByteRange(after lead: UInt8) -> ClosedRange<UInt8> {
    switch lead {
    case 0xe0: 0xa0...0xbf
    case 0xed: 0x80...0x9f
    case 0xf0: 0x90...0xbf
    case 0xf4: 0x80...0x8f
    default: 0x80...0xbf
    }
  }
}
