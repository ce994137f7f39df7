import Foundation

/// Decides which of many updates of a live figure are shown.
///
/// The notebook server drops messages above a rate, and VS Code draws slowly: at most five updates a second there are,
/// two in VS Code, as in Hugging Face's notebook progress bar. The first one is always due; ask for the last with
/// `isForced`.
package struct UpdateThrottle: Sendable {
  package let interval: Duration
  private let now: @Sendable () -> ContinuousClock.Instant
  private var last: ContinuousClock.Instant?

  /// - Parameters:
  ///   - interval: The least time between two updates; `nil` is 0.2 s, or 0.5 s where `environment` has `VSCODE_PID`.
  ///   - now: The clock.
  package init(
    interval: Duration? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    self.interval = interval ?? (environment["VSCODE_PID"] == nil ? .milliseconds(200) : .milliseconds(500))
    self.now = now
  }

  /// Whether an update is due now; if so, the next one is due after the interval.
  package mutating func admits(isForced: Bool = false) -> Bool {
    let time = now()
    if let last, !isForced, time - last < interval { return false }
    last = time
    return true
  }
}
