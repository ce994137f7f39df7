import Dispatch
import Foundation

/// A thread of the kernel that can be waited for.
struct WorkerThread {
  private let hasEnded = DispatchSemaphore(value: 0)

  /// Starts a thread.
  ///
  /// - Parameter stackSize: In bytes; address space only until it is used.
  init(named name: String, stackSize: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) {
    let hasEnded = hasEnded
    let thread = Thread {
      body()
      hasEnded.signal()
    }
    thread.name = name
    thread.stackSize = stackSize
    thread.start()
  }

  /// Waits until the thread has ended.
  ///
  /// To be called once.
  ///
  /// - Returns: False when the time was up first.
  @discardableResult
  func join(timeout: DispatchTimeInterval? = nil) -> Bool {
    hasEnded.wait(timeout: timeout.map { .now() + $0 } ?? .distantFuture) == .success
  }
}
