import Foundation

/// Runs the statements of one template once.
final class Interpreter {
  let limits: TemplateLimits
  let clock: TemplateClock
  /// The variables that the caller passed, and the functions that every template has.
  let context: [String: Value]
  /// The place that errors are told of.
  var line = 1
  private var stepsLeft: Int
  private var charactersLeft: Int
  private var depth = 0
  /// What is printed; more than one while the text of a block is captured.
  private var outputs: [[Unicode.Scalar]] = [[]]
  private var outputBytes = 0
  private(set) var generated: [Range<Int>] = []
  /// Work at the end that breaks cycles of references.
  private var releases: [() -> Void] = []

  init(context: [String: TemplateValue], clock: TemplateClock, limits: TemplateLimits) throws {
    self.limits = limits
    self.clock = clock
    stepsLeft = limits.steps
    charactersLeft = limits.characters
    self.context = try Globals.functions.merging(context.mapValues(Value.init)) { $1 }
  }

  /// What a template prints.
  func run(_ template: Block) throws -> [Unicode.Scalar] {
    defer { releases.forEach { $0() } }
    _ = try execute(template.body, in: Scope(names: template.names, parent: nil))
    return outputs[0]
  }

  // MARK: - Limits

  /// How many characters take the room of an element of a list.
  static let charactersOfElement = 8

  /// Counts work.
  func spend(_ steps: Int = 1) throws {
    stepsLeft -= steps
    if stepsLeft < 0 { throw TemplateError.Reason.limit(.steps, limits.steps) }
  }

  /// Counts characters or elements that are about to be built.
  func reserve(_ count: Int) throws {
    guard count <= charactersLeft else { throw TemplateError.Reason.limit(.characters, limits.characters) }
    charactersLeft -= count
    try spend(count / 32 + 1)
  }

  /// The product of a length and a count, for texts and lists that are repeated.
  func reserve(_ length: Int, times count: Int) throws {
    let (total, overflow) = length.multipliedReportingOverflow(by: max(0, count))
    try reserve(overflow ? .max : total)
  }

  /// Does what is one level deeper.
  func deeper<Result>(_ body: () throws -> Result) throws -> Result {
    guard depth < limits.depth else { throw TemplateError.Reason.limit(.depth, limits.depth) }
    depth += 1
    defer { depth -= 1 }
    return try body()
  }

  /// Notes work for the end of the run, such as to clear a namespace that may hold itself.
  func atEnd(_ release: @escaping () -> Void) { releases.append(release) }

  // MARK: - Output

  func print(_ text: Text) throws {
    try reserve(text.count)
    outputs[outputs.count - 1].append(contentsOf: text.scalars)
    guard outputs.count == 1 else { return }
    outputBytes += text.scalars.reduce(0) { $0 + UTF8.width($1) }
    if outputBytes > limits.outputBytes { throw TemplateError.Reason.limit(.outputBytes, limits.outputBytes) }
  }

  /// What statements print, and whether they left a loop, in which case the text is dropped.
  func captured(_ body: () throws -> Flow) throws -> (text: Text, flow: Flow) {
    outputs.append([])
    do {
      let flow = try body()
      return (Text(outputs.removeLast()), flow)
    } catch {
      outputs.removeLast()
      throw error
    }
  }

  /// Notes a range of the output as said by the assistant.
  func noteGenerated(_ length: Int) {
    let start = outputs[0].count
    generated.append(start..<start + length)
  }
}

/// How statements ended.
enum Flow {
  case normal
  case leftLoop
  case nextTurn
}
