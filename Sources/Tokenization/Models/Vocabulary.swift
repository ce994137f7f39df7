/// The checked tokens of a model: the bytes and the type of each, and the id of a token by its bytes.
struct Vocabulary: Sendable {
  /// More tokens than any model has, few enough for 32-bit ids and counts.
  static let limit = 1 << 24

  /// More bytes than any token has, few enough that no lookup takes long.
  static let longestToken = 1 << 16

  /// How the tokens write their bytes.
  enum Writing: Sendable {
    /// In the byte-level alphabet of GPT-2: what merging sees is bytes.
    case byteLevel
    /// As text with `▁` for spaces, and `<0x0A>` for a byte that has no other token.
    case pieces
  }

  let writing: Writing
  private var table: ByteStringTable
  private var types: [TokenType] = []
  /// The id of the token that is one byte, by byte, or -1.
  private(set) var idOfByte = [Int32](repeating: -1, count: 256)
  /// The length of the longest token that can be found, in bytes.
  private(set) var longest = 0
  /// Whether added tokens write `▁` for spaces too.
  var replacesInAddedTokens = false

  /// - Parameters:
  ///   - capacity: How many tokens there is room for before the vocabulary grows.
  ///   - bytes: And for how many bytes of them.
  init(writing: Writing, capacity: Int, bytes: Int) {
    self.writing = writing
    table = ByteStringTable(capacity: capacity, bytes: bytes)
    types.reserveCapacity(capacity)
  }

  /// Adds the token with the next id.
  ///
  /// Two normal tokens may not be the same; of a normal and another one the first is found. An added token can be found too
  /// where merging can make its bytes.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>, type: TokenType) throws(TokenizerError) {
    let id = types.count
    if text.count > Self.longestToken {
      throw .tokenTooLong(id: id, bytes: text.count, limit: Self.longestToken)
    }
    types.append(type)
    switch writing {
    case .pieces:
      if type == .byte {
        guard let byte = ByteToken.byte(of: text) else { throw .malformedByteToken(id: id, text: Self.display(text)) }
        idOfByte[Int(byte)] = Int32(id)
      }
      table.append(text)
    case .byteLevel:
      let isPlain = type == .normal || text.allSatisfy { $0 < 0x80 }
      guard isPlain else { return table.append(text) }
      if !appendDecoded(text) { return }
      if table[id].count == 1, let byte = table[id].first, idOfByte[Int(byte)] < 0 { idOfByte[Int(byte)] = Int32(id) }
    }
    if table[id].isEmpty { return }
    longest = max(longest, table[id].count)
    let first = table.indexLast()
    if first != id, type == .normal, types[first] == .normal {
      throw .duplicateToken(text: Self.display(text), first: first, second: id)
    }
  }

  /// Adds the bytes that the text writes or, when it has characters that are not of the alphabet, the text itself.
  ///
  /// - Returns: Whether all characters are of the alphabet.
  private mutating func appendDecoded(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    table.append(atMost: text.count) { bytes in
      if ByteAlphabet.decode(text, appendingTo: &bytes) == text.count { return true }
      bytes.removeAll()
      for byte in text { bytes.append(byte) }
      return false
    }
  }

  static func display(_ text: UnsafeBufferPointer<UInt8>) -> String {
    DisplayText.of(ArraySlice(text.prefix(200))) + (text.count > 200 ? "…" : "")
  }

  var count: Int { types.count }

  func type(of id: Int) -> TokenType { types[id] }

  mutating func setType(_ type: TokenType, of id: Int) { types[id] = type }

  /// What the token is in the text that merging sees.
  func key(of id: Int) -> ArraySlice<UInt8> { table[id] }

  /// The id of the token with exactly these bytes that words and merges find, or `nil`.
  @inline(__always)
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int? { table.number(of: bytes) }

  func id(of text: String) -> Int? {
    var text = text
    return text.withUTF8 { table.number(of: $0) }
  }

  /// Calls `body` with each token in the text that merging sees.
  func forEachKey(_ body: (UnsafeBufferPointer<UInt8>) -> Void) { table.forEach(body) }

  /// The ids of many keys, as ``id(of:)-(UnsafeBufferPointer<UInt8>)`` finds them, -1 for each that is none.
  func ids(of keys: PackedTexts) -> [Int32] { table.numbers(of: keys) }

  /// Whether the token `id` has these bytes.
  func holds(_ id: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool { table.holds(id, bytes) }

  /// Appends the bytes that the token stands for in a text.
  func appendBytes(of id: Int, to bytes: inout [UInt8]) {
    let key = table[id]
    guard writing == .pieces else { return bytes.append(contentsOf: key) }
    switch types[id] {
    case .byte: if let byte = key.withUnsafeBufferPointer({ ByteToken.byte(of: $0) }) { bytes.append(byte) }
    case .normal: key.withUnsafeBufferPointer { Self.appendReplacingMetaspaces($0, to: &bytes) }
    case .unused: break
    case .control where replacesInAddedTokens, .userDefined where replacesInAddedTokens:
      key.withUnsafeBufferPointer { Self.appendReplacingMetaspaces($0, to: &bytes) }
    default: bytes.append(contentsOf: key)
    }
  }

  private static func appendReplacingMetaspaces(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
    var position = 0
    while position < text.count {
      let isSpace = Metaspace.begins(in: text, at: position)
      bytes.append(isSpace ? UInt8(ascii: " ") : text[position])
      position += isSpace ? 3 : 1
    }
  }
}

/// The tokens `<0x00>` to `<0xFF>`, which stand for one byte each.
enum ByteToken {
  /// The byte, or `nil` when the text is not `<0x`, two hexadecimal digits and `>`.
  static func byte(of text: UnsafeBufferPointer<UInt8>) -> UInt8? {
    guard text.count == 6, text[0] == UInt8(ascii: "<"), text[1] == UInt8(ascii: "0"), text[2] == UInt8(ascii: "x"),
      text[5] == UInt8(ascii: ">"), let high = digit(text[3]), let low = digit(text[4])
    else { return nil }
    return high << 4 | low
  }

  static func text(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "<0x" + (digits.count == 1 ? "0" : "") + digits + ">"
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
