import Dispatch
import Foundation
import Synchronization

/// Runs the Swift parser where its recursion cannot run out of stack.
///
/// It counts brackets inside one another, but follows `try try try …` or a chain of `else if` by recursion without a
/// bound. Short cells cannot go deep and stay on the caller's thread.
enum DeepStack {
  /// Cells up to this many bytes are parsed in place.
  private static let short = 1024
  /// Stack for each byte of source, several times what the parser was seen to use.
  ///
  /// Only what is touched takes memory.
  private static let stackPerByte = 2048
  private static let largest = 1 << 30

  static func run<Result: Sendable>(forSourceOf bytes: Int, _ body: @escaping @Sendable () -> Result) -> Result {
    guard bytes > short else { return body() }
    let result = Box<Result>()
    let thread = Thread {
      result.value.withLock { $0 = body() }
      result.isReady.signal()
    }
    thread.stackSize = min(largest, max(1 << 20, bytes * stackPerByte))
    thread.start()
    result.isReady.wait()
    guard let value = result.value.withLock({ $0 }) else { preconditionFailure("the thread signals after it is done") }
    return value
  }

  private final class Box<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
    let isReady = DispatchSemaphore(value: 0)
  }
}
