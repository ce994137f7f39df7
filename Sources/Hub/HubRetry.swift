import Foundation

/// Waits for a number of seconds, less when cancelled.
///
/// - Parameters:
///   - seconds: How long.
///   - isCancelled: Asked often while waiting.
package typealias HubWait = @Sendable (_ seconds: Double, _ isCancelled: () -> Bool) -> Void

/// When a request that failed is worth another try, and when: `huggingface_hub`'s rule.
///
/// Statuses 408, 429, 500, 502, 503 and 504 and broken connections are tried five times more, after 1, 2, 4, 8 and 8
/// seconds or when the server says; a try that brought bytes does not count.
struct HubRetry {
  /// How often more, after the first try.
  let limit: Int
  /// How often more when there is no connection: who is offline shall not wait long for a first answer.
  var connectionLimit: Int?
  let wait: HubWait
  let isCancelled: () -> Bool
  /// Told before each wait.
  let onWait: (_ seconds: Double) -> Void

  static let usualLimit = 5
  /// What a server may ask for at most: the longest window of the hub's limits, and a little.
  private static let longestWait = 310.0

  /// Runs a try again until it succeeds or fails for good.
  ///
  /// - Parameter hasProgressed: Whether the last try brought something new.
  /// - Throws: The last try's failure with how many there were, or what is not worth another try.
  func run<Result>(hasProgressed: () -> Bool = { false }, _ body: () throws -> Result) throws -> Result {
    var failures = 0
    while true {
      do {
        return try body()
      } catch let failure as any RetryableFailure where failure.isTransient {
        failures = hasProgressed() ? 1 : failures + 1
        let most = failure.isOfConnection ? connectionLimit ?? limit : limit
        if failures > most { throw failure.after(tries: failures) }
        let seconds = min(failure.wantedWait ?? Double(min(8, 1 << (failures - 1))), Self.longestWait)
        onWait(seconds)
        wait(seconds, isCancelled)
        if isCancelled() { throw CancellationError() }
      }
    }
  }

  /// Sleeps in short pieces, so that an interrupt is answered soon.
  static let sleep: HubWait = { seconds, isCancelled in
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end && !isCancelled() {
      usleep(UInt32(min(50_000, max(1, seconds * 1_000_000))))
    }
  }
}

/// A failure that may be gone at the next try.
protocol RetryableFailure: Error {
  var isTransient: Bool { get }
  /// Whether no server answered at all.
  var isOfConnection: Bool { get }
  /// Seconds that the server asks for.
  var wantedWait: Double? { get }
  func after(tries: Int) -> Self
}

extension HTTPFailure: RetryableFailure {
  var isTransient: Bool { true }
  var isOfConnection: Bool { true }
  var wantedWait: Double? { nil }
  func after(tries: Int) -> HTTPFailure { self }
}

/// An answer with a status that is no success.
struct HTTPStatusFailure: RetryableFailure {
  let status: Int
  let host: String
  /// `X-Error-Code`: `RepoNotFound`, `GatedRepo`, `RevisionNotFound`, `EntryNotFound`.
  let code: String?
  /// `X-Error-Message`.
  let message: String?
  let wantedWait: Double?
  private(set) var tries = 1

  init(_ head: HTTPHead, host: String) {
    status = head.status
    self.host = host
    code = head["X-Error-Code"]
    message = head["X-Error-Message"]
    let seconds = Self.endOfWindow(head["RateLimit"]) ?? head["Retry-After"]
    wantedWait = seconds.flatMap { Double($0.trimmingCharacters(in: .whitespaces)) }
      .flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
  }

  /// Seconds until requests are counted anew, when none is left: `"api";r=0;t=55`.
  private static func endOfWindow(_ limit: String?) -> String? {
    (limit?.firstMatch(of: /;\s*r=0\s*;\s*t=(\d+)/)).map { String($0.1) }
  }

  var isOfConnection: Bool { false }
  var isTransient: Bool { [408, 429, 500, 502, 503, 504].contains(status) }

  func after(tries: Int) -> HTTPStatusFailure {
    var failure = self
    failure.tries = tries
    return failure
  }
}
