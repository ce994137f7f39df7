import Synchronization

/// The names that a block of a cell can see: its own, and those of the blocks around it.
final class Scope: Sendable {
  struct Binding: Sendable {
    var value: Value?
    let isMutable: Bool
  }

  let parent: Scope?
  // Completion reads the variables of a session while a cell runs.
  private let bindings = Mutex<[String: Binding]>([:])

  init(inside parent: Scope? = nil) { self.parent = parent }

  /// Declares a name here; one that was declared here before is replaced.
  func declare(_ name: String, _ value: Value?, isMutable: Bool) {
    guard name != "_" else { return }
    bindings.withLock { $0[name] = Binding(value: value, isMutable: isMutable) }
  }

  /// What a name means here or further out.
  func binding(_ name: String) -> Binding? {
    var scope: Scope? = self
    while let current = scope {
      if let binding = current.bindings.withLock({ $0[name] }) { return binding }
      scope = current.parent
    }
    return nil
  }

  /// Puts a value under a name that is declared here or further out.
  func store(_ value: Value?, for name: String) {
    var scope: Scope? = self
    while let current = scope {
      let isHere = current.bindings.withLock { bindings in
        guard bindings[name] != nil else { return false }
        bindings[name]?.value = value
        return true
      }
      if isHere { return }
      scope = current.parent
    }
  }

  /// The names declared here, with their values, sorted.
  var variables: [(name: String, value: Value)] {
    bindings.withLock { bindings in
      bindings.compactMap { name, binding in binding.value.map { (name, $0) } }.sorted { $0.0 < $1.0 }
    }
  }

  /// Every name that can be used here.
  var visibleNames: [String] {
    bindings.withLock { Array($0.keys) } + (parent?.visibleNames ?? [])
  }

  func removeAll() {
    bindings.withLock { $0.removeAll() }
  }
}
