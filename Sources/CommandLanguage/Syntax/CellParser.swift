import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// Reads the text of a cell: swift-syntax parses it, ``Lowering`` makes our statements of it.
struct CellParser {
  let file: SourceFile
  private let directives: DirectiveLines
  /// Brackets inside one another that the Swift parser reads.
  private static let nestingLimit = 100
  /// A cell with more mistakes shows the first ones.
  private static let diagnosticsLimit = 8

  init(file: SourceFile) {
    self.file = file
    directives = DirectiveLines(of: file)
  }

  /// Swift's syntax tree of the cell without its `%` lines, or `nil` for one that is too deep to be walked.
  private func parse(_ text: String) -> SourceFileSyntax? {
    guard SquareBrackets.depth(in: text) <= SquareBrackets.limit else { return nil }
    return DeepStack.run(forSourceOf: text.utf8.count) {
      var parser = Parser(text, maximumNestingLevel: Self.nestingLimit)
      let tree = SourceFileSyntax.parse(from: &parser)
      return tree.isDeep ? nil : tree
    }
  }

  /// Swift's syntax tree of the cell without its `%` lines; an empty one for a cell that is too deep to be read.
  func tree() -> SourceFileSyntax {
    if let tree = parse(directives.text) { return tree }
    var empty = Parser("")
    return SourceFileSyntax.parse(from: &empty)
  }

  /// The statements of the cell.
  ///
  /// - Throws: ``CellError`` with one diagnostic for each mistake.
  func statements() throws(CellError) -> [Statement] {
    let whole = SourceRange(file: file, lower: 0, upper: file.length)
    guard let tree = parse(directives.text) else {
      throw CellError(kind: .syntax, diagnostics: [Diagnostic(problem: .tooDeeplyNested, range: whole)])
    }
    if tree.hasError { throw CellError(kind: .syntax, diagnostics: syntaxDiagnostics(of: tree)) }
    let lowering = Lowering(file: file)
    var statements: [Statement] = []
    var diagnostics: [Diagnostic] = []
    for item in tree.statements {
      do {
        statements += try lowering.statements(of: item)
      } catch let located as LocatedProblem {
        diagnostics.append(Diagnostic(problem: located.problem, range: located.range))
      } catch {
        preconditionFailure("lowering throws located problems only")
      }
    }
    do {
      statements = try insertDirectives(into: statements)
    } catch {
      diagnostics.append(Diagnostic(problem: error.problem, range: error.range))
    }
    guard diagnostics.isEmpty else {
      throw CellError(kind: .syntax, diagnostics: Array(diagnostics.prefix(Self.diagnosticsLimit)))
    }
    return statements
  }

  // MARK: - % lines

  private func insertDirectives(into statements: [Statement]) throws(LocatedProblem) -> [Statement] {
    var result = statements
    for line in directives.lines.reversed() {
      let next = result.firstIndex { $0.range.lower > line.range.lower } ?? result.endIndex
      switch line.name {
      case "time":
        guard next < result.endIndex else {
          throw LocatedProblem(problem: .misplaced("%time"), range: line.range)
        }
        result[next] = Statement(kind: .directive(.time(result[next])), range: result[next].range)
      case "reset": result.insert(Statement(kind: .directive(.reset), range: line.range), at: next)
      case "who": result.insert(Statement(kind: .directive(.who), range: line.range), at: next)
      case "lsmagic": result.insert(Statement(kind: .directive(.list), range: line.range), at: next)
      default:
        let suggestion = Suggestion(for: line.name, among: Directive.names)
        throw LocatedProblem(problem: .unknownDirective(line.name, suggestion), range: line.range)
      }
    }
    return result
  }

  // MARK: - Mistakes

  private func syntaxDiagnostics(of tree: SourceFileSyntax) -> [Diagnostic] {
    let whole = SourceRange(file: file, lower: 0, upper: file.length)
    var lines: Set<Int> = []
    let diagnostics = ParseDiagnosticsGenerator.diagnostics(for: tree).compactMap { found -> Diagnostic? in
      let offset = min(found.position.utf8Offset, file.length)
      let range = SourceRange(file: file, lower: offset, upper: offset)
      // What follows the first mistake of a line mostly comes from it.
      guard lines.insert(range.line).inserted else { return nil }
      let message = found.message.prefix(1).lowercased() + found.message.dropFirst()
      return Diagnostic(problem: .syntax(message), range: range)
    }.prefix(Self.diagnosticsLimit)
    return diagnostics.isEmpty
      ? [Diagnostic(problem: .tooDeeplyNested, range: whole)] : Array(diagnostics)
  }
}

extension Directive {
  static let names = ["lsmagic", "reset", "time", "who"]
}

extension SyntaxProtocol {
  /// Whether the tree is so deep that walking it by recursion could need more stack than there is; swift-syntax itself
  /// does so to find the first token of a node.
  fileprivate var isDeep: Bool {
    var pending = [(node: Syntax(self), depth: 0)]
    while let (node, depth) = pending.popLast() {
      if depth > 1200 { return true }
      for child in node.children(viewMode: .all) { pending.append((child, depth + 1)) }
    }
    return false
  }
}
