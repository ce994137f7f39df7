/// Finds the parameter of each argument of a call, by Swift's rules of labels and order.
struct ArgumentMatcher {
  /// What matters of a parameter here.
  struct Slot {
    let name: String
    let isLabelled: Bool
    var isVariadic = false
    var takesFunction = false
    var neighbours: Neighbours = [:]
    /// Whether a value could be meant for it, used to find the label that was left out.
    var accepts: (Value) -> Bool = { _ in true }
  }

  struct Match {
    /// The arguments of each slot, in the order of the slots.
    var bySlot: [[WrittenArgument]]
    /// Those with labels of the caller's own choice.
    var free: [WrittenArgument] = []
  }

  let callee: String
  let slots: [Slot]
  /// Where the call stands.
  let call: SourceRange
  var allowsFreeLabels = false

  /// - Throws: ``LocatedProblem`` at the argument that does not fit.
  func match(_ arguments: [WrittenArgument]) throws -> Match {
    var match = Match(bySlot: Array(repeating: [], count: slots.count))
    var last = -1
    for argument in arguments {
      guard let slot = try slot(of: argument, in: match) else {
        match.free.append(argument)
        continue
      }
      if slot < last, !argument.isTrailing {
        throw problem(.argumentOrder(slots[slot].name, before: slots[last].name, of: callee), at: argument)
      }
      match.bySlot[slot].append(argument)
      last = max(last, slot)
    }
    return match
  }

  private func slot(of argument: WrittenArgument, in match: Match) throws -> Int? {
    if argument.isTrailing, let slot = slots.lastIndex(where: \.takesFunction), match.bySlot[slot].isEmpty {
      return slot
    }
    guard let label = argument.label else { return try unlabelledSlot(of: argument, in: match) }
    guard let slot = slots.firstIndex(where: { $0.isLabelled && $0.name == label }) else {
      if allowsFreeLabels { return nil }
      throw unknownLabel(label, argument)
    }
    guard match.bySlot[slot].isEmpty else { throw problem(.repeatedArgument(label, of: callee), at: argument) }
    return slot
  }

  private func unlabelledSlot(of argument: WrittenArgument, in match: Match) throws -> Int {
    let free = slots.indices.first { !slots[$0].isLabelled && (match.bySlot[$0].isEmpty || slots[$0].isVariadic) }
    if let free { return free }
    let open = slots.indices.filter { slots[$0].isLabelled && match.bySlot[$0].isEmpty }
    if let meant = open.first(where: { slots[$0].accepts(argument.value) }) {
      throw problem(.missingLabel(slots[meant].name, of: callee), at: argument)
    }
    throw problem(.extraArgument(of: callee, takes: slots.count { !$0.isLabelled }), at: argument)
  }

  private func unknownLabel(_ label: String, _ argument: WrittenArgument) -> LocatedProblem {
    if slots.contains(where: { !$0.isLabelled && $0.name == label }) {
      return problem(.superfluousLabel(label, of: callee), at: argument)
    }
    let candidates = slots.filter(\.isLabelled).map { Candidate(name: $0.name, neighbours: $0.neighbours) }
    return problem(.unknownParameter(label, of: callee, Suggestion(for: label, among: candidates)), at: argument)
  }

  private func problem(_ problem: Problem, at argument: WrittenArgument) -> LocatedProblem {
    LocatedProblem(problem: problem, range: argument.labelRange ?? argument.range)
  }
}
