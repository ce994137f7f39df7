/// The variable `loop`.
///
/// Elements are taken one at a time, as late as the template allows: the test of a loop may depend on what its body did
/// for the elements before.
final class LoopState: TemplateObject {
  private var rest: ValueIterator
  /// The whole length, when it was known from the start or had to be found out.
  private var knownLength: Int?
  private let depth0: Int
  private var recurse: ((Value, Int) throws -> Value)?
  private var index0 = -1
  private var previous: Value?
  private var currentElement: Value?
  /// The next element, where it had to be looked at: none after the last.
  private var peeked: Value??
  private var lastChanged: [Value]?

  init(_ elements: ValueIterator, length: Int?, depth: Int, recurse: ((Value, Int) throws -> Value)?) {
    rest = elements
    knownLength = length
    depth0 = depth
    self.recurse = recurse
  }

  var typeName: String { "a loop" }
  var isCallable: Bool { true }

  /// Lets go of the loop's body and variables.
  func release() { recurse = nil }

  /// Goes to the next element.
  func next() throws -> Value? {
    guard let element = try peek() else { return nil }
    peeked = nil
    index0 += 1
    previous = currentElement
    currentElement = element
    return element
  }

  private func peek() throws -> Value? {
    if let peeked { return peeked }
    let next = try rest.next()
    peeked = .some(next)
    return next
  }

  private func length() throws -> Int {
    if let knownLength { return knownLength }
    var elements: [Value] = []
    if let peeked, let peeked { elements.append(peeked) }
    while let element = try rest.next() { elements.append(element) }
    peeked = nil
    rest = try ValueIterator(elements, over: .none)
    let length = index0 + 1 + elements.count
    knownLength = length
    return length
  }

  func attribute(_ name: Text, in interpreter: Interpreter) throws -> Value? {
    switch name {
    case "index": .integer(index0 + 1)
    case "index0": .integer(index0)
    case "revindex": .integer(try length() - index0)
    case "revindex0": .integer(try length() - index0 - 1)
    case "first": .bool(index0 == 0)
    case "last": .bool(try peek() == nil)
    case "length": .integer(try length())
    case "depth": .integer(depth0 + 1)
    case "depth0": .integer(depth0)
    case "previtem": index0 == 0 ? .undefined(Undefined("there is no previous item")) : previous
    case "nextitem": try peek() ?? .undefined(Undefined("there is no next item"))
    case "cycle": .object(Function("cycle") { _, arguments in try self.cycle(arguments) })
    case "changed": .object(Function("changed") { try self.changed($1, $0) })
    default: nil
    }
  }

  private func cycle(_ arguments: Arguments) throws -> Value {
    guard let first = arguments.positional.first, arguments.keywords.isEmpty else {
      throw TemplateError.Reason.wrongArguments(of: "cycle", found: "none", expected: "at least one value")
    }
    return index0 < 0 ? first : arguments.positional[index0 % arguments.positional.count]
  }

  private func changed(_ arguments: Arguments, _ interpreter: Interpreter) throws -> Value {
    let values = arguments.positional
    if let lastChanged, lastChanged.count == values.count,
      try zip(lastChanged, values).allSatisfy({ try interpreter.areEqual($0, $1) })
    {
      return .bool(false)
    }
    lastChanged = values
    return .bool(true)
  }

  func call(_ arguments: Arguments, in interpreter: Interpreter) throws -> Value {
    let values = try arguments.bound(to: ["iterable"], required: 1, of: "loop")
    guard let recurse else {
      throw TemplateError.Reason.wrongType(operation: "call", found: "a loop", expected: "a loop marked 'recursive'")
    }
    return try recurse(values[0] ?? .none, depth0 + 1)
  }
}
