/// The checked tokens of a model: the bytes and the type of each, and the id of normal tokens by their bytes.
struct Vocabulary: Sendable {
  /// More tokens than any model has, few enough for 32-bit ids and counts.
  static let limit = 1 << 24

  private let table: ByteStringTable
  private let types: [TokenType]
  /// The id of the token that is one byte, by byte, or -1.
  let idOfByte: [Int32]

  /// - Throws: ``TokenizerError`` when counts do not fit, a type is unknown or two normal tokens are the same.
  init(tokens: [String], types numbers: [Int]) throws(TokenizerError) {
    let types = try Self.types(numbers, tokenCount: tokens.count)
    var table = ByteStringTable(capacity: tokens.count)
    for (id, text) in tokens.enumerated() {
      guard let bytes = Self.findableBytes(of: text, types[id]) else {
        Array(text.utf8).withUnsafeBufferPointer { table.append($0) }
        continue
      }
      let (inserted, first) = bytes.withUnsafeBufferPointer { table.insert($0) }
      if inserted { continue }
      if types[id] == .normal, types[first] == .normal {
        throw .duplicateToken(text: text, first: first, second: id)
      }
      bytes.withUnsafeBufferPointer { table.append($0) }
    }
    idOfByte = (0..<256).map { [table] byte in
      [UInt8(byte)].withUnsafeBufferPointer { Int32(table.number(of: $0) ?? -1) }
    }
    self.table = table
    self.types = types
  }

  private static func types(_ numbers: [Int], tokenCount: Int) throws(TokenizerError) -> [TokenType] {
    if tokenCount == 0 { throw .noTokens }
    if tokenCount > limit { throw .tooManyTokens(count: tokenCount, limit: limit) }
    if numbers.isEmpty { return [TokenType](repeating: .normal, count: tokenCount) }
    if numbers.count != tokenCount { throw .typeCount(types: numbers.count, tokens: tokenCount) }
    var types: [TokenType] = []
    types.reserveCapacity(tokenCount)
    for (id, number) in numbers.enumerated() {
      guard let type = TokenType(rawValue: number) else { throw .unknownType(id: id, type: number) }
      types.append(type)
    }
    return types
  }

  /// The bytes by which merges find a token, or `nil` when its text stands for itself.
  ///
  /// Added tokens can be the outcome of merges too, if their text is the same in the byte-level alphabet.
  private static func findableBytes(of text: String, _ type: TokenType) -> [UInt8]? {
    let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
    return type == .normal || isPlain ? ByteAlphabet.bytes(of: text) : nil
  }

  var count: Int { types.count }

  func type(of id: Int) -> TokenType { types[id] }

  /// The bytes that the token stands for in a text.
  func bytes(of id: Int) -> ArraySlice<UInt8> { table[id] }

  /// The id of the token with exactly these bytes that words and merges find, or `nil`.
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int? { table.number(of: bytes) }
}
