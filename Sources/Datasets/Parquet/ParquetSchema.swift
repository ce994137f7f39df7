/// The columns of a Parquet file as a tree: fields, and lists and structures inside them.
struct ParquetSchema {
  /// A field and what it holds.
  indirect enum Node: Sendable {
    /// A value; the number of its leaf.
    case leaf(Int)
    case structure([Field])
    case map(key: Field, value: Field)
    case list(element: Field, level: ListLevel)
  }

  struct Field: Sendable {
    let name: String
    let node: Node
    /// The definition level from which on the field is there; below, it is null.
    let definition: UInt8
    /// The numbers of the leaves in it.
    let leaves: Range<Int>
  }

  struct ListLevel: Sendable {
    /// The definition level from which on the list has elements.
    let definition: UInt8
    /// The repetition level of a further element.
    let repetition: UInt8
  }

  /// A column of values.
  struct Leaf: Sendable {
    let path: String
    let element: ParquetFooter.SchemaElement
    let maximumDefinition: UInt8
    let maximumRepetition: UInt8
  }

  private(set) var fields: [Field] = []
  private(set) var leaves: [Leaf] = []

  private static let deepest = 30
  private static let repeatedTypes = [
    ParquetFooter.ConvertedType.list, ParquetFooter.ConvertedType.map, ParquetFooter.ConvertedType.mapKeyValue,
  ]

  private let elements: [ParquetFooter.SchemaElement]
  private var position = 1

  /// - Throws: ``ParquetFault/schema(reason:)``.
  init(_ elements: [ParquetFooter.SchemaElement]) throws(ParquetFault) {
    guard let root = elements.first, root.childCount > 0 else { throw .schema(reason: "it has no columns") }
    self.elements = elements
    for _ in 0..<root.childCount { fields.append(try field(levels: (0, 0), path: [])) }
    guard position == elements.count else {
      throw .schema(reason: "\(elements.count - position) fields belong nowhere")
    }
    var seen = Set<String>()
    for field in fields where !seen.insert(field.name).inserted {
      throw .schema(reason: "two columns are named '\(field.name)'")
    }
  }

  /// Takes the next field with all that it holds.
  private mutating func field(
    levels: (definition: UInt8, repetition: UInt8), path: [String], takesRepetition: Bool = true
  ) throws(ParquetFault) -> Field {
    guard position < elements.count, path.count < Self.deepest else {
      throw .schema(reason: path.count < Self.deepest ? "fields are missing" : "it is nested too deep")
    }
    let element = elements[position]
    position += 1
    let path = path + [element.name]
    let firstLeaf = leaves.count
    if element.repetition == .repeated, takesRepetition {
      // A repeated field without a list around it is a list that is always there.
      let inner = (definition: levels.definition + 1, repetition: levels.repetition + 1)
      let node = try content(of: element, inner, path)
      let item = Field(name: element.name, node: node, definition: inner.definition, leaves: firstLeaf..<leaves.count)
      let level = ListLevel(definition: inner.definition, repetition: inner.repetition)
      return Field(
        name: element.name, node: .list(element: item, level: level), definition: levels.definition,
        leaves: firstLeaf..<leaves.count)
    }
    let definition = levels.definition + (element.repetition == .optional ? 1 : 0)
    let node = try content(of: element, (definition, levels.repetition), path)
    return Field(name: element.name, node: node, definition: definition, leaves: firstLeaf..<leaves.count)
  }

  private mutating func content(
    of element: ParquetFooter.SchemaElement, _ levels: (definition: UInt8, repetition: UInt8), _ path: [String]
  ) throws(ParquetFault) -> Node {
    guard element.childCount > 0 else {
      guard element.type != nil else { throw .schema(reason: "'\(element.name)' has neither a type nor fields") }
      leaves.append(
        Leaf(
          path: path.joined(separator: "."), element: element, maximumDefinition: levels.definition,
          maximumRepetition: levels.repetition))
      return .leaf(leaves.count - 1)
    }
    let isRepeatedGroup = position < elements.count && elements[position].repetition == .repeated
    if element.childCount == 1, isRepeatedGroup, let type = element.convertedType, Self.repeatedTypes.contains(type) {
      return try repeated(in: element, levels, path)
    }
    var children: [Field] = []
    for _ in 0..<element.childCount { children.append(try field(levels: levels, path: path)) }
    return .structure(children)
  }

  /// The list or map that a field stands for: its only child is a group that repeats.
  private mutating func repeated(
    in element: ParquetFooter.SchemaElement, _ levels: (definition: UInt8, repetition: UInt8), _ path: [String]
  ) throws(ParquetFault) -> Node {
    let group = elements[position]
    let inner = (definition: levels.definition + 1, repetition: levels.repetition + 1)
    let level = ListLevel(definition: inner.definition, repetition: inner.repetition)
    let firstLeaf = leaves.count
    // By the rules for older files such a group is itself the element, not a wrapping of one.
    let isElement =
      group.childCount != 1 || group.name == "array" || group.name == element.name + "_tuple"
    let item: Field
    if element.convertedType == ParquetFooter.ConvertedType.list, !isElement {
      position += 1
      item = try field(levels: inner, path: path + [group.name])
    } else {
      item = try field(levels: inner, path: path, takesRepetition: false)
    }
    if element.convertedType != ParquetFooter.ConvertedType.list, case .structure(let pair) = item.node, pair.count == 2
    {
      let entry = Node.map(key: pair[0], value: pair[1])
      let field = Field(name: item.name, node: entry, definition: item.definition, leaves: firstLeaf..<leaves.count)
      return .list(element: field, level: level)
    }
    return .list(element: item, level: level)
  }
}
