import SwiftSyntax

/// Finds what fits at a place: members behind a dot, labels and leading-dot names inside a call, names elsewhere.
struct Completer {
  let place: CursorPlace

  private static let keywords = [
    "break", "case", "continue", "default", "else", "false", "for", "func", "guard", "if", "in", "let", "nil", "repeat",
    "return", "switch", "true", "var", "where", "while",
  ]

  func completion() -> Completion {
    if let directive = directiveStart() { return completion(Self.directives, from: directive) }
    guard let last = place.tokens.index(before: place.offset) else { return completion(names, from: place.offset) }
    if let start = openText(last) { return paths(from: start, in: last) }
    let token = place.tokens[last]
    let isPartial = token.isWord && token.upper >= place.offset
    let before = isPartial ? last - 1 : last
    let start = isPartial ? token.lower : place.offset
    guard before >= 0, place.tokens[before].kind == .period, isPartial || token.upper == place.offset else {
      return completion(labels(before: before + 1) + names, from: start)
    }
    let isMember = before > 0 && place.tokens.endsOperand(before - 1)
    return completion(isMember ? members(behind: before - 1) : symbols(behind: before), from: start)
  }

  /// The matches that begin with what is written, over the range that they replace.
  private func completion(_ matches: [Completion.Match], from start: Int) -> Completion {
    let written = place.text(start..<place.offset)
    let fitting = matches.filter {
      $0.text.lowercased().hasPrefix(written.lowercased()) && !($0.kind == .keyword && written.isEmpty)
    }
    let range = place.codePoints(to: start)..<place.codePoints(to: place.offset)
    return Completion(matches: fitting, range: range)
  }

  // MARK: - Names

  private var names: [Completion.Match] {
    let session = place.globals.variables.map { ($0.name, $0.value.type) }
    let declared = place.inference.declared.map { ($0.key, $0.value) }
    let variables = Dictionary(session + declared, uniquingKeysWith: { _, last in last })
    let functions = place.registry.functionNames.compactMap { place.registry.function($0) }
    return variables.sorted { $0.key < $1.key }.map { name, type in
      Completion.Match(text: name, kind: .variable, signature: "\(name): \(type)", summary: "")
    } + functions.map(Completion.Match.init)
      + Self.keywords.map { Completion.Match(text: $0, kind: .keyword, signature: $0, summary: "") }
  }

  // MARK: - Behind a dot

  private func members(behind index: Int) -> [Completion.Match] {
    guard let type = place.type(ofChainEndingAt: index) else { return [] }
    return place.registry.members(of: type).map(Completion.Match.init)
  }

  private func symbols(behind index: Int) -> [Completion.Match] {
    let sets = place.parameter(at: index)?.type.symbolSets ?? []
    return sets.flatMap(\.cases).map(Completion.Match.init)
  }

  // MARK: - Inside a call

  /// The labels that the call around the cursor does not have yet, when an argument can begin here.
  private func labels(before index: Int) -> [Completion.Match] {
    guard index > 0, [.leftParen, .comma].contains(place.tokens[index - 1].kind),
      let call = place.tokens.openCall(before: index)
    else { return [] }
    let isOwnComma = place.tokens.openCall(before: index)?.parenthesis == enclosing(index)
    guard isOwnComma else { return [] }
    return place.parameters(of: call).filter { $0.isLabelled && !call.labels.contains($0.name) }
      .map(Completion.Match.init)
  }

  /// The innermost bracket of any kind that is open before an index.
  private func enclosing(_ index: Int) -> Int? {
    var depth = 0
    for position in stride(from: index - 1, through: 0, by: -1) {
      switch place.tokens[position].kind {
      case .rightParen, .rightSquare, .rightBrace: depth += 1
      case .leftParen, .leftSquare, .leftBrace:
        if depth == 0 { return position }
        depth -= 1
      default: break
      }
    }
    return nil
  }

  // MARK: - % lines

  private static let directives = Directive.names.map {
    Completion.Match(text: "%\($0)", kind: .magic, signature: "%\($0)", summary: "")
  }

  /// Where the `%` word begins that the cursor is in.
  private func directiveStart() -> Int? {
    let before = place.text(0..<place.offset)
    let line = before.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    guard line.first == "%", line.dropFirst().allSatisfy(\.isLetter) else { return nil }
    return place.offset - line.utf8.count
  }

  // MARK: - Texts

  /// Where the text begins that the cursor stands in, or `nil` outside texts.
  private func openText(_ last: Int) -> Int? {
    let tokens = place.tokens
    switch tokens[last].kind {
    case .stringSegment:
      // With its closing quote before the cursor it would not be the last token.
      return tokens[last].lower
    case .stringQuote:
      let quotes = tokens.tokens[...last].count { $0.kind == .stringQuote }
      return quotes % 2 == 1 && tokens[last].upper <= place.offset ? tokens[last].upper : nil
    default: return nil
    }
  }

  private func paths(from start: Int, in last: Int) -> Completion {
    let quote = place.tokens[last].kind == .stringQuote ? last : last - 1
    let none = Completion(matches: [], range: place.codePoints(to: place.offset)..<place.codePoints(to: place.offset))
    guard quote >= 0, place.parameter(at: quote)?.type.isPath == true else { return none }
    return completion(PathCompletion.matches(for: place.text(start..<place.offset)), from: start)
  }
}
