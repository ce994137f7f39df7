/// A list, a tuple, or a view of a dictionary, which never changes.
final class ValueSequence {
  let kind: Kind
  let elements: [Value]
  let height: Int

  enum Kind: Sendable {
    case list, tuple
    /// The tuple of `groupby`, whose elements have names too.
    case group
    case keys, values, items

    var typeName: String {
      switch self {
      case .list: "a list"
      case .tuple, .group: "a tuple"
      case .keys: "dict_keys"
      case .values: "dict_values"
      case .items: "dict_items"
      }
    }

    var isTuple: Bool { self == .tuple || self == .group }
    /// Whether elements can be asked for by number.
    var isIndexed: Bool { self == .list || isTuple }
  }

  /// - Throws: ``TemplateError/Reason/limit(_:_:)`` when the elements are nested too deep.
  init(_ kind: Kind, _ elements: [Value]) throws {
    self.kind = kind
    self.elements = elements
    height = try Self.height(over: elements)
  }

  /// One more than the height of the highest of the elements.
  ///
  /// The limit holds for every value that is made, so that walking or freeing one never goes deep.
  static func height(over elements: some Sequence<Value>) throws -> Int {
    let height = 1 + (elements.lazy.map(\.height).max() ?? 0)
    guard height <= TemplateLimits.valueDepth else {
      throw TemplateError.Reason.limit(.valueDepth, TemplateLimits.valueDepth)
    }
    return height
  }
}

/// `range(start, stop, step)`.
struct ValueRange: Equatable {
  let start, stop, step: Int

  /// The most elements that the sandbox of Jinja allows.
  static let largestCount = 100_000

  init(start: Int, stop: Int, step: Int) throws {
    guard step != 0 else {
      throw TemplateError.Reason.wrongValue(operation: "range", found: "step 0", expected: "another step")
    }
    self.start = start
    self.stop = stop
    self.step = step
    let (span, overflow) =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    guard !overflow, step != .min, span <= 0 || (span - 1) / abs(step) < Self.largestCount else {
      throw TemplateError.Reason.limit(.range, Self.largestCount)
    }
    count = span <= 0 ? 0 : (span - 1) / abs(step) + 1
  }

  let count: Int
  var isEmpty: Bool { count == 0 }
  var elements: [Value] { (0..<count).map { .integer(start + $0 * step) } }
}
