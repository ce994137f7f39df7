/// The leading-dot names that a parameter takes, such as the formats `.nf4`, `.q8_0`, `.gptq(bits: 4)`.
package struct SymbolSet: Sendable {
  /// The type's name in help, such as `Format`.
  package let name: String
  /// One sentence.
  package let summary: String
  package let cases: [SymbolCase]

  package init(_ name: String, _ summary: String, _ cases: [SymbolCase]) {
    self.name = name
    self.summary = summary
    self.cases = cases
  }

  /// The case of this name.
  package subscript(name: String) -> SymbolCase? { cases.first { $0.name == name } }
}

/// One leading-dot name and the parameters in its parentheses.
package struct SymbolCase: Sendable {
  package let name: String
  package let parameters: [Parameter]
  package let neighbours: Neighbours
  /// The paper or peer behind it.
  package let source: String?
  /// One sentence.
  package let summary: String

  package init(
    _ name: String, _ summary: String, _ parameters: [Parameter] = [], neighbours: Neighbours = [:],
    source: String? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.neighbours = neighbours
    self.source = source
    self.summary = summary
  }

  /// The case as it is written, with types and defaults: `.nf4(blockSize: Int = 64)`.
  package var signature: String {
    parameters.isEmpty ? ".\(name)" : ".\(name)(\(parameters.map(\.signature).joined(separator: ", ")))"
  }
}
