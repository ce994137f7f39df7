import LanguageModels
import Synchronization

/// What a session's models have read last, kept so that a text that begins alike need not be read again.
///
/// Each owner has one context, and it is for one model value: a changed model is another owner, so that no cache of other
/// weights, another adapter or other activations is ever read. Together the caches hold at most ``byteLimit``; those that
/// were not used for longest are given back first.
package final class KeptContexts: Sendable {
  /// The contexts of the process: 512 MiB, which is some 10,000 tokens of a model with 1 billion weights.
  package static let shared = KeptContexts(byteLimit: 512 << 20)

  /// Bytes of keys and values that are kept at most.
  package let byteLimit: Int
  /// The least recently used first.
  private let entries = Mutex<[Entry]>([])

  private struct Entry: @unchecked Sendable {
    let owner: ObjectIdentifier
    // Taken out while it is used: never touched by two threads.
    let context: PrefixContext
  }

  package init(byteLimit: Int) { self.byteLimit = byteLimit }

  /// Bytes of keys and values that are kept now.
  package var byteCount: Int { entries.withLock { $0.reduce(0) { $0 + $1.context.byteCount } } }

  /// Lends an owner its context while `body` runs; a new one if there is none, or it is in use.
  ///
  /// - Parameter owner: Whose context it is; it must always come with the same model, and say ``forget(_:)`` when it goes.
  package func lend<Result>(
    _ owner: ObjectIdentifier, _ model: LanguageModel, _ body: (PrefixContext) throws -> Result
  ) rethrows -> Result {
    let context = take(owner)?.context ?? PrefixContext(model)
    defer { keep(Entry(owner: owner, context: context)) }
    return try body(context)
  }

  /// Gives back what was kept for an owner.
  package func forget(_ owner: ObjectIdentifier) { _ = take(owner) }

  private func take(_ owner: ObjectIdentifier) -> Entry? {
    entries.withLock { entries in
      entries.firstIndex { $0.owner == owner }.map { entries.remove(at: $0) }
    }
  }

  private func keep(_ entry: Entry) {
    entries.withLock { entries in
      entries.removeAll { $0.owner == entry.owner }
      entries.append(entry)
      var excess = entries.reduce(0) { $0 + $1.context.byteCount } - byteLimit
      while excess > 0, let oldest = entries.first {
        excess -= oldest.context.byteCount
        entries.removeFirst()
      }
    }
  }
}
