import Foundation
import Synchronization

/// SIGINT, by which some front ends interrupt a cell.
///
/// The handler only stores and writes to a file descriptor; the control thread does the rest.
enum InterruptSignal {
  private static let hasArrived = Atomic(false)
  /// The descriptor of the control thread's wake-up, or -1.
  private static let descriptor = Atomic<Int32>(-1)

  /// Has SIGINT wake `wakeUp` instead of ending the process.
  ///
  /// Children of the process get the default action back.
  static func install(waking wakeUp: WakeUp) {
    descriptor.store(wakeUp.writeDescriptor, ordering: .sequentiallyConsistent)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in InterruptSignal.handle() }
    action.sa_flags = SA_RESTART
    sigaction(SIGINT, &action, nil)
    // A starter may have blocked the signal, and a process inherits that.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Has SIGINT ignored, once the kernel ends.
  static func uninstall() {
    signal(SIGINT, SIG_IGN)
    descriptor.store(-1, ordering: .sequentiallyConsistent)
  }

  /// Whether SIGINT has come since the last call.
  static func take() -> Bool {
    hasArrived.exchange(false, ordering: .sequentiallyConsistent)
  }

  private static func handle() {
    let savedError = errno
    hasArrived.store(true, ordering: .sequentiallyConsistent)
    var byte: UInt8 = 1
    _ = write(descriptor.load(ordering: .sequentiallyConsistent), &byte, 1)
    errno = savedError
  }
}
