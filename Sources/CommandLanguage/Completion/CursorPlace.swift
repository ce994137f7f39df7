import SwiftSyntax

/// A cell, a cursor in it, and what the session knows there.
struct CursorPlace {
  let source: String
  /// The cursor as a UTF-8 offset.
  let offset: Int
  let registry: CommandRegistry
  let globals: Scope
  let tokens: CellTokens
  /// Types of expressions at the cursor, with the names that the cell declares before it.
  let inference: TypeInference
  private let file: SourceFile

  init(source: String, cursor: Int, registry: CommandRegistry, globals: Scope) {
    let scalars = source.unicodeScalars
    let index = scalars.index(scalars.startIndex, offsetBy: max(0, cursor), limitedBy: scalars.endIndex)
    offset = source.utf8.distance(from: source.startIndex, to: index ?? source.endIndex)
    self.source = source
    self.registry = registry
    self.globals = globals
    file = SourceFile(name: "cell", text: source)
    let tree = CellParser(file: file).tree()
    tokens = CellTokens(of: tree)
    let empty = TypeInference(registry: registry, scope: globals)
    inference =
      DeclaredNames(in: tree, before: offset, lowering: Lowering(file: file), inference: empty).inference
  }

  /// A UTF-8 offset as a number of Unicode code points.
  func codePoints(to offset: Int) -> Int {
    file.string(in: 0..<offset).unicodeScalars.count
  }

  /// The text between two UTF-8 offsets.
  func text(_ range: Range<Int>) -> String { file.string(in: range) }

  /// The type of the chain that ends with a token.
  func type(ofChainEndingAt index: Int) -> TypeName? {
    guard let start = tokens.chainStart(endingAt: index) else { return nil }
    let text = text(tokens[start].lower..<tokens[index].upper)
    guard let statements = try? CellParser(file: SourceFile(name: "cell", text: text)).statements(),
      statements.count == 1, case .expression(let expression) = statements[0].kind
    else { return nil }
    if case .help(let subject) = expression.kind { return inference.type(of: subject) }
    return inference.type(of: expression)
  }

  /// The command whose name is the token at an index.
  func command(at index: Int) -> Command? {
    guard tokens[index].isWord else { return nil }
    let name = tokens[index].text
    guard index > 0, tokens[index - 1].kind == .period else { return registry.function(name) }
    guard index > 1, tokens.endsOperand(index - 2) else { return nil }
    let isCalled = index + 1 < tokens.tokens.count && tokens[index + 1].kind == .leftParen
    if let type = type(ofChainEndingAt: index - 2) { return registry.member(name, of: type, called: isCalled) }
    let namesakes = registry.commands(named: name).filter { $0.receiver != nil }
    return namesakes.count == 1 ? namesakes[0] : nil
  }

  /// The leading-dot name at an index, `nf4` of `.nf4`.
  func symbol(at index: Int) -> SymbolCase? {
    guard isSymbol(index) else { return nil }
    let name = tokens[index].text
    if let found = parameter(at: index - 1)?.type.symbolSets.lazy.compactMap({ $0[name] }).first { return found }
    return registry.symbolSets.lazy.compactMap { $0[name] }.first
  }

  private func isSymbol(_ index: Int) -> Bool {
    guard index > 0, tokens[index].isWord, tokens[index - 1].kind == .period else { return false }
    return index == 1 || !tokens.endsOperand(index - 2)
  }

  /// The parameters of a call.
  func parameters(of call: CellTokens.OpenCall) -> [Parameter] {
    symbol(at: call.callee)?.parameters ?? command(at: call.callee)?.parameters ?? []
  }

  /// The parameter whose argument begins before the token at an index.
  func parameter(at index: Int) -> Parameter? {
    guard let call = tokens.openCall(before: index) else { return nil }
    let parameters = parameters(of: call)
    if let label = call.label { return parameters.first { $0.isLabelled && $0.name == label } }
    let unlabelled = parameters.filter { !$0.isLabelled }
    if let last = unlabelled.last, last.isVariadic { return last }
    return call.unlabelled < unlabelled.count ? unlabelled[call.unlabelled] : nil
  }
}
