import SwiftSyntax

extension Lowering {
  /// The statements of a block, in order.
  func statements(_ items: CodeBlockItemListSyntax) throws -> [Statement] {
    try items.flatMap(statements(of:))
  }

  /// The statements that one item stands for: several where `let a = 1, b = 2` declares several names.
  func statements(of item: CodeBlockItemSyntax) throws -> [Statement] {
    let inner = try inside(item)
    switch item.item {
    case .decl(let declaration): return try inner.declaration(declaration)
    case .stmt(let node): return [try inner.statement(node, label: nil)]
    case .expr(let node): return [try inner.expressionStatement(node)]
    }
  }

  private func expressionStatement(_ node: ExprSyntax) throws -> Statement {
    if let asked = node.as(OptionalChainingExprSyntax.self) {
      return statement(.expression(expression(.help(try expression(asked.expression)), at: node)), at: node)
    }
    return statement(.expression(try expression(node)), at: node)
  }

  private func declaration(_ node: DeclSyntax) throws -> [Statement] {
    if let variable = node.as(VariableDeclSyntax.self) { return try bindings(variable) }
    if let function = node.as(FunctionDeclSyntax.self) { return [try self.function(function)] }
    if node.is(ImportDeclSyntax.self) {
      throw unsupported("'import'", at: node, insteadOf: "leave the line out, every command is there already")
    }
    throw unsupported(Self.keyword(of: node), at: node)
  }

  /// The keyword that begins a declaration, as `'class'`.
  private static func keyword(of node: DeclSyntax) -> String {
    let known: Set<Keyword> = [
      .class, .struct, .enum, .protocol, .extension, .actor, .typealias, .associatedtype, .`init`, .deinit, .subscript,
      .operator, .precedencegroup, .macro, .case,
    ]
    for token in node.tokens(viewMode: .sourceAccurate).prefix(20) {
      if case .keyword(let keyword) = token.tokenKind, known.contains(keyword) { return "'\(token.text)'" }
      if token.text.hasPrefix("#") { return "'\(token.text)'" }
    }
    return "declaration of this kind"
  }

  private func bindings(_ node: VariableDeclSyntax) throws -> [Statement] {
    if let modifier = node.modifiers.first { throw unsupported("'\(modifier.name.text)'", at: modifier) }
    if let attribute = node.attributes.first { throw unsupported("'@'", at: attribute) }
    return try node.bindings.map { binding in
      if let accessors = binding.accessorBlock {
        throw unsupported("computed variables", at: accessors, insteadOf: "write a func")
      }
      let kind = StatementKind.binding(
        try pattern(binding.pattern), type: binding.typeAnnotation.map { annotation($0.type) },
        value: try binding.initializer.map { try expression($0.value) },
        isMutable: node.bindingSpecifier.tokenKind == .keyword(.var))
      return statement(kind, at: binding.initializer == nil ? Syntax(binding.pattern) : Syntax(binding))
    }
  }

  /// A type written after a colon.
  func annotation(_ node: TypeSyntax) -> TypeAnnotation {
    if let type = node.as(IdentifierTypeSyntax.self), type.genericArgumentClause == nil {
      return .named(name(type.name))
    }
    if let type = node.as(ArrayTypeSyntax.self) { return .array(annotation(type.element)) }
    if let type = node.as(OptionalTypeSyntax.self) { return .optional(annotation(type.wrappedType)) }
    return .other
  }
}
