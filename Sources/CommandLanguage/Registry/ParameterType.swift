/// What a parameter takes.
package indirect enum ParameterType: Sendable {
  case any
  case bool
  case int
  /// A decimal; an `Int` widens.
  case double
  case string
  /// A string that names a file or folder: completion offers file names.
  case path
  case array(of: ParameterType)
  case dictionary
  case range
  /// A function or closure.
  case closure
  /// An object of the type with this name.
  case object(TypeName)
  /// A leading-dot name.
  case symbol(SymbolSet)
  /// The first of several types that fits.
  case oneOf([ParameterType])
  /// The type, or `nil`.
  case optional(ParameterType)
  /// A name that is looked up rather than evaluated, as in `help(generate)`.
  ///
  /// Arrives as a ``HelpTopic`` object.
  case topic
}

extension ParameterType: CustomStringConvertible {
  /// The type as help writes it.
  package var description: String {
    switch self {
    case .any: "Any"
    case .bool: "Bool"
    case .int: "Int"
    case .double: "Double"
    case .string, .path: "String"
    case .array(let element): "[\(element)]"
    case .dictionary: "Dictionary"
    case .range: "Range"
    case .closure: "Function"
    case .object(let name): name.description
    case .symbol(let set): set.name
    case .oneOf(let types): types.map(\.description).joined(separator: " or ")
    case .optional(let type): "\(type)?"
    case .topic: "Name"
    }
  }

  /// The type with its article, for errors: `an Int`, `a String or an array of Int`.
  var phrase: String {
    switch self {
    case .any: "any value"
    case .bool: "true or false"
    case .int: "an Int"
    case .double: "a number"
    case .string: "a String"
    case .path: "a path as a String"
    case .array(let element): "an array of \(element)"
    case .dictionary: "a dictionary"
    case .range: "a range"
    case .closure: "a function"
    case .object(let name): "a \(name)"
    case .symbol(let set): "a \(set.name) such as .\(set.cases.first?.name ?? "name")"
    case .oneOf(let types): types.map(\.phrase).joined(separator: " or ")
    case .optional(let type): "\(type.phrase) or nil"
    case .topic: "a name"
    }
  }

  /// The sets of leading-dot names that can stand here, inside arrays too.
  package var symbolSets: [SymbolSet] {
    switch self {
    case .symbol(let set): [set]
    case .array(let element), .optional(let element): element.symbolSets
    case .oneOf(let types): types.flatMap(\.symbolSets)
    default: []
    }
  }

  /// Whether a string here names a file.
  var isPath: Bool {
    switch self {
    case .path: true
    case .array(let element), .optional(let element): element.isPath
    case .oneOf(let types): types.contains(where: \.isPath)
    default: false
    }
  }

  /// The type of a variable that holds such an argument.
  var typeName: TypeName {
    switch self {
    case .any, .topic, .oneOf: .any
    case .closure: "Function"
    case .symbol: "Symbol"
    case .optional(let type): type.typeName
    default: TypeName(description)
    }
  }
}

extension ParameterType {
  /// Whether the argument is looked up rather than evaluated.
  var isTopic: Bool {
    switch self {
    case .topic: true
    case .optional(let type): type.isTopic
    default: false
    }
  }
}
