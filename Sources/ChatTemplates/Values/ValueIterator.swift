/// Values that are made one at a time when they are asked for, and only once.
///
/// Filters such as `map` and `select` return one, as in Jinja: it has no length and is always true.
final class ValueIterator {
  let height: Int
  private var source: (() throws -> Value?)?

  /// - Parameter over: The value that the elements come from, which this is nested in.
  /// - Throws: ``TemplateError/Reason/limit(_:_:)`` when iterators are nested too deep.
  init(over value: Value, _ next: @escaping () throws -> Value?) throws {
    height = try ValueSequence.height(over: [value])
    source = next
  }

  /// Iterates over elements that are there.
  convenience init(_ elements: [Value], over value: Value) throws {
    var index = 0
    try self.init(over: value) {
      defer { index += 1 }
      return index < elements.count ? elements[index] : nil
    }
  }

  /// The next value, or `nil` after the last.
  func next() throws -> Value? {
    guard let value = try source?() else {
      source = nil
      return nil
    }
    return value
  }
}
