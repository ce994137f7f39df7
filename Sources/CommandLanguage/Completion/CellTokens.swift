import SwiftParser
import SwiftSyntax

/// The tokens of a cell that may be half written, and the one at the cursor.
struct CellTokens {
  struct Token {
    let kind: TokenKind
    let text: String
    /// UTF-8 offsets without the white space around it.
    let lower: Int
    let upper: Int

    var isWord: Bool {
      switch kind {
      case .identifier, .keyword, .dollarIdentifier: true
      default: false
      }
    }
  }

  let tokens: [Token]

  /// The tokens of a cell without its `%` lines.
  init(of tree: SourceFileSyntax) {
    tokens = tree.tokens(viewMode: .sourceAccurate).compactMap { token in
      guard token.tokenKind != .endOfFile, token.presence == .present else { return nil }
      return Token(
        kind: token.tokenKind, text: token.text, lower: token.positionAfterSkippingLeadingTrivia.utf8Offset,
        upper: token.endPositionBeforeTrailingTrivia.utf8Offset)
    }
  }

  subscript(index: Int) -> Token { tokens[index] }

  /// The last token that begins before an offset.
  func index(before offset: Int) -> Int? {
    tokens.lastIndex { $0.lower < offset }
  }

  // MARK: - Expressions that end somewhere

  /// Where the chain of calls and members begins whose last token is this one: at `a` for the last `)` of `a.b(c)`.
  func chainStart(endingAt end: Int) -> Int? {
    var index = end
    while index >= 0 {
      guard let start = linkStart(endingAt: index) else { return nil }
      guard start > 0 else { return start }
      switch tokens[start - 1].kind {
      case .period:
        // A dot that nothing stands before begins a leading-dot name.
        guard start > 1, endsOperand(start - 2) else { return start - 1 }
        index = start - 2
      default: return start
      }
    }
    return nil
  }

  /// Where one link of a chain begins: a name with its brackets, a literal, a parenthesis.
  private func linkStart(endingAt end: Int) -> Int? {
    switch tokens[end].kind {
    case .rightParen, .rightSquare, .rightBrace:
      guard let open = opening(of: end) else { return nil }
      let isBehindOperand = open > 0 && endsOperand(open - 1) && tokens[open - 1].upper <= tokens[open].lower
      return isBehindOperand ? linkStart(endingAt: open - 1) : open
    case .stringQuote, .multilineStringQuote:
      return tokens[..<end].lastIndex { $0.kind == tokens[end].kind }
    case .identifier, .dollarIdentifier, .integerLiteral, .floatLiteral, .keyword: return end
    case .exclamationMark, .postfixQuestionMark: return end > 0 ? linkStart(endingAt: end - 1) : nil
    default: return nil
    }
  }

  /// Whether a value ends with this token.
  func endsOperand(_ index: Int) -> Bool {
    switch tokens[index].kind {
    case .identifier, .dollarIdentifier, .integerLiteral, .floatLiteral, .rightParen, .rightSquare, .rightBrace,
      .stringQuote, .multilineStringQuote, .exclamationMark, .postfixQuestionMark, .keyword(.self):
      true
    default: false
    }
  }

  private func opening(of close: Int) -> Int? {
    var depth = 0
    for index in stride(from: close, through: 0, by: -1) {
      depth -= tokens[index].nesting
      if depth == 0 { return index }
    }
    return nil
  }

  // MARK: - Calls around a place

  /// A call whose parentheses are open at a place.
  struct OpenCall {
    /// The last token of what is called.
    let callee: Int
    let parenthesis: Int
    /// The labels that have been written.
    let labels: [String]
    /// The label of the argument at the place.
    let label: String?
    /// How many arguments without a label stand before it.
    let unlabelled: Int
  }

  /// The innermost call that is open before the token at an index.
  ///
  /// - Parameter throughClosures: Whether to look further out than the closure around the place.
  func openCall(before end: Int, throughClosures: Bool = false) -> OpenCall? {
    var depth = 0
    for index in stride(from: end - 1, through: 0, by: -1) {
      depth -= tokens[index].nesting
      guard depth < 0 else { continue }
      depth = 0
      if tokens[index].kind == .leftBrace, !throughClosures { return nil }
      if tokens[index].kind == .leftParen, index > 0, endsOperand(index - 1) { return call(from: index, to: end) }
    }
    return nil
  }

  private func call(from open: Int, to end: Int) -> OpenCall {
    var labels: [String] = []
    var label: String?
    var unlabelled = 0
    var depth = 0
    for index in (open + 1)..<max(open + 1, end) {
      let isLabel =
        tokens[index].isWord && index + 1 < tokens.count && tokens[index + 1].kind == .colon
        && (index == open + 1 || tokens[index - 1].kind == .comma)
      if depth == 0, isLabel {
        label = tokens[index].text
        labels.append(tokens[index].text)
      }
      if depth == 0, tokens[index].kind == .comma {
        if label == nil { unlabelled += 1 }
        label = nil
      }
      depth += tokens[index].nesting
    }
    return OpenCall(callee: open - 1, parenthesis: open, labels: labels, label: label, unlabelled: unlabelled)
  }
}

extension CellTokens.Token {
  /// 1 for an opening bracket, -1 for a closing one.
  fileprivate var nesting: Int {
    switch kind {
    case .leftParen, .leftSquare, .leftBrace: 1
    case .rightParen, .rightSquare, .rightBrace: -1
    default: 0
    }
  }
}
