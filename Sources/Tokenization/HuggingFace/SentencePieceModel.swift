import Foundation

/// The pieces of a `tokenizer.model`, which is a message in Protocol Buffers' encoding.
///
/// - SeeAlso: `sentencepiece_model.proto` of SentencePiece: field 1 are the pieces, each with text (1), score (2) and type (3),
///   in the same numbers as GGUF's types.
struct SentencePieceModel {
  struct Piece {
    var text = ""
    var score: Float = 0
    var type = TokenType.normal
  }

  private(set) var pieces: [Piece] = []

  /// - Throws: ``TokenizerError/malformedSentencePiece(offset:)``.
  init(_ data: Data) throws(TokenizerError) {
    var reader = ProtobufReader(bytes: Array(data))
    while let field = try reader.nextField() {
      guard case .bytes(let range) = field.value, field.number == 1 else { continue }
      if pieces.count == Vocabulary.limit { throw .tooManyTokens(count: pieces.count + 1, limit: Vocabulary.limit) }
      pieces.append(try Self.piece(reader.part(range)))
    }
  }

  private static func piece(_ part: ProtobufReader) throws(TokenizerError) -> Piece {
    var (reader, piece) = (part, Piece())
    while let field = try reader.nextField() {
      switch (field.number, field.value) {
      case (1, .bytes(let range)): piece.text = String(decoding: reader.bytes[range], as: UTF8.self)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let number)):
        guard let type = UInt8(exactly: number).flatMap(TokenType.init) else {
          throw .malformedSentencePiece(offset: reader.position)
        }
        piece.type = type
      default: break
      }
    }
    return piece
  }
}

/// Steps through the fields of a message.
private struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64
    case bytes(Range<Int>)
  }

  let bytes: [UInt8]
  private(set) var position = 0
  private let end: Int

  init(bytes: [UInt8]) { (self.bytes, end) = (bytes, bytes.count) }

  private init(bytes: [UInt8], range: Range<Int>) {
    (self.bytes, position, end) = (bytes, range.lowerBound, range.upperBound)
  }

  func part(_ range: Range<Int>) -> ProtobufReader { ProtobufReader(bytes: bytes, range: range) }

  mutating func nextField() throws(TokenizerError) -> (number: UInt64, value: Value)? {
    if position == end { return nil }
    let key = try varint()
    switch key & 7 {
    case 0: return (key >> 3, .varint(try varint()))
    case 1:
      _ = try take(8)
      return (key >> 3, .fixed64)
    case 2: return (key >> 3, .bytes(try take(try varint())))
    case 5:
      let bits = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
      return (key >> 3, .fixed32(bits))
    default: throw .malformedSentencePiece(offset: position)
    }
  }

  private mutating func take(_ count: UInt64) throws(TokenizerError) -> Range<Int> {
    guard count <= UInt64(end - position) else { throw .malformedSentencePiece(offset: position) }
    defer { position += Int(count) }
    return position..<position + Int(count)
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard position < end else { break }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw .malformedSentencePiece(offset: position)
  }
}
