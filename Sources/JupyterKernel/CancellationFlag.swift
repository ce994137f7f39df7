import Synchronization

/// Whether the person has interrupted the running cell.
///
/// Set once, read from any thread.
public final class CancellationFlag: Sendable {
  private let flag = Atomic(false)

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .relaxed) }

  public func cancel() { flag.store(true, ordering: .relaxed) }
}
