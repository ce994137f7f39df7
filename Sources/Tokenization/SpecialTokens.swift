/// The tokens with a role, by id.
package struct SpecialTokens: Sendable, Hashable {
  package var beginningOfSequence: Int?
  package var endOfSequence: Int?
  package var unknown: Int?
  package var padding: Int?
  package var separator: Int?
  package var mask: Int?
  /// What ends a turn of a chat, when the file names one.
  package var endOfTurn: Int?
  package var endOfMessage: Int?

  package init(
    beginningOfSequence: Int? = nil, endOfSequence: Int? = nil, unknown: Int? = nil, padding: Int? = nil
  ) {
    self.beginningOfSequence = beginningOfSequence
    self.endOfSequence = endOfSequence
    self.unknown = unknown
    self.padding = padding
  }

  /// - Throws: ``TokenizerError/specialTokenOutOfRange(role:id:tokens:)``.
  func check(tokenCount: Int) throws(TokenizerError) {
    let ids = [
      ("beginning-of-sequence", beginningOfSequence), ("end-of-sequence", endOfSequence), ("unknown", unknown),
      ("padding", padding), ("separator", separator), ("mask", mask), ("end-of-turn", endOfTurn),
      ("end-of-message", endOfMessage),
    ]
    for (role, id) in ids {
      guard let id, !(0..<tokenCount).contains(id) else { continue }
      throw .specialTokenOutOfRange(role: role, id: id, tokens: tokenCount)
    }
  }
}
