/// What the parser notes about names while it goes through a template: who reads and sets what, and unknown filters.
struct ScopeTracker {
  private var frames = [FrameNames()]
  /// How many `if` blocks are open in each frame.
  private var conditionals = [0]
  /// Every use of a name that is special somewhere, in order.
  private var uses: [(name: String, isSet: Bool)] = []
  /// Unknown filters and tests in the open frames, each of which may still turn out to be inside an `if`.
  private var pending: [[TemplateError]] = [[]]
  /// Unknown filters and tests outside of an `if`: an error even if they are never reached.
  private(set) var unknownNames: [TemplateError] = []

  private static let specialNames: Set = ["caller", "kwargs", "varargs", "loop"]

  // MARK: - Frames

  mutating func openFrame() {
    frames.append(FrameNames())
    conditionals.append(0)
    pending.append([])
  }

  mutating func closeFrame() -> FrameNames {
    conditionals.removeLast()
    unknownNames += pending.removeLast()
    return frames.removeLast()
  }

  mutating func openConditional() { conditionals[conditionals.count - 1] += 1 }
  mutating func closeConditional() { conditionals[conditionals.count - 1] -= 1 }

  // MARK: - Names

  mutating func read(_ name: String) {
    frames[frames.count - 1].read(name)
    if Self.specialNames.contains(name) { uses.append((name, false)) }
  }

  mutating func set(_ name: String) {
    frames[frames.count - 1].set(name, isConditional: conditionals[conditionals.count - 1] > 0)
    if Self.specialNames.contains(name) { uses.append((name, true)) }
  }

  /// Notes a parameter of a macro or the variable of a loop, which has a value from the start.
  mutating func declare(_ name: String) { frames[frames.count - 1].read(name) }

  /// A place in the order of uses.
  var mark: Int { uses.count }

  /// The special names that are read after a place before they are set.
  func namesReadFirst(since mark: Int) -> Set<String> {
    var seen: Set<String> = []
    return Set(uses[mark...].filter { seen.insert($0.name).inserted && !$0.isSet }.map(\.name))
  }

  func isSet(_ name: String, since mark: Int) -> Bool { uses[mark...].contains { $0.name == name && $0.isSet } }

  // MARK: - Unknown filters and tests

  mutating func noteUnknown(_ error: TemplateError) { pending[pending.count - 1].append(error) }

  var pendingCount: Int { pending[pending.count - 1].count }

  /// Forgets the unknown names since a count: they are inside an `if` and matter only when they are reached.
  mutating func forgive(since count: Int) {
    pending[pending.count - 1].removeSubrange(count...)
  }
}
