/// A piece of a template's source.
struct Token: Sendable {
  let kind: Kind
  /// The line where it starts, from 1.
  let line: Int

  enum Kind: Sendable, Equatable {
    /// Text outside of tags, as it is printed.
    case data(Text)
    case variableBegin, variableEnd
    case blockBegin, blockEnd
    case name(String)
    case string(Text)
    case integer(Int)
    case float(Double)
    case symbol(String)
    case end
  }
}

extension Token.Kind: CustomStringConvertible {
  /// How errors name it.
  var description: String {
    switch self {
    case .data: "text"
    case .variableBegin: "'{{'"
    case .variableEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "'%}'"
    case .name(let name): "'\(name)'"
    case .string: "a string"
    case .integer(let value): "the number \(value)"
    case .float(let value): "the number \(value)"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the template"
    }
  }
}
