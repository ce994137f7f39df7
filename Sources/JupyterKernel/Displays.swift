import Synchronization

/// The ids of the displays that front ends have been shown.
final class Displays: Sendable {
  private let ids = Mutex<Set<String>>([])

  func insert(_ id: String) {
    ids.withLock { _ = $0.insert(id) }
  }

  func contains(_ id: String) -> Bool {
    ids.withLock { $0.contains(id) }
  }
}
