/// The places in a text with `▁` for spaces that no merge can cross, found by looking at the vocabulary.
///
/// Where no token has a `▁` behind another character, what is left of such a place and what is right of it merge
/// independently. So words can be taken one by one, and a word that came before needs no merging. The ids are the same.
struct WordBorders: Sendable, Hashable {
  /// Whether some token has a `▁` right behind a character that ends with this byte, by byte.
  private var crosses = [Bool](repeating: false, count: 256)

  /// - Parameter forEachToken: Calls its argument with the text of each token that merges may make.
  init(_ forEachToken: ((UnsafeBufferPointer<UInt8>) -> Void) -> Void) {
    var crosses = crosses
    forEachToken { text in
      for position in 1..<max(1, text.count) where Metaspace.begins(in: text, at: position) {
        if !Metaspace.ends(in: text, at: position) { crosses[Int(text[position - 1])] = true }
      }
    }
    self.crosses = crosses
  }

  /// The end of the word that begins at `start`: before the next `▁` behind something else.
  func endOfWord(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var end = start + UTF8Length.ofScalar(withLead: text[start])
    while end < text.count {
      if text[end] == Metaspace.bytes[0], Metaspace.begins(in: text, at: end), !crosses[Int(text[end - 1])],
        !Metaspace.ends(in: text, at: end)
      {
        return end
      }
      end += 1
    }
    return end
  }
}

/// `▁`, U+2581, which SentencePiece writes for a space.
enum Metaspace {
  static let bytes: [UInt8] = [0xe2, 0x96, 0x81]

  @inline(__always)
  static func begins(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    position + 3 <= text.count && text[position] == 0xe2 && text[position + 1] == 0x96 && text[position + 2] == 0x81
  }

  /// Whether a `▁` ends right before `position`.
  @inline(__always)
  static func ends(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    position >= 3 && begins(in: text, at: position - 3)
  }
}
