import Foundation
import Synchronization

/// A thread with the stack that cells need.
enum EvaluationThread {
  /// Runs `body` on a thread of its own and waits for its value.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let value = Mutex<Value?>(nil)
    let hasEnded = DispatchSemaphore(value: 0)
    let thread = Thread {
      let result = body()
      value.withLock { $0 = result }
      hasEnded.signal()
    }
    thread.stackSize = 256 << 20
    thread.start()
    hasEnded.wait()
    guard let result = value.withLock({ $0 }) else { preconditionFailure("the thread has ended without a value") }
    return result
  }
}
