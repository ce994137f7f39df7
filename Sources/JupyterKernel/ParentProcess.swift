import Foundation

/// The process that started this kernel.
///
/// A kernel whose front end is gone must not live on unseen.
struct ParentProcess: Sendable {
  private let id: pid_t

  /// The parent of now, or `nil` when the starter did not say, by `JPY_PARENT_PID`, that the kernel shall end with it.
  init?() {
    guard ProcessInfo.processInfo.environment["JPY_PARENT_PID"] != nil else { return nil }
    id = getppid()
  }

  /// A process whose parent ends is given to another one, which need not be process 1.
  var hasEnded: Bool { getppid() != id }
}
