import Foundation
import Synchronization

/// SIGINT, which interrupts the running cell; a second one ends the program.
enum InterruptSignal {
  private static let arrivals = Atomic(0)

  static var hasArrived: Bool { arrivals.load(ordering: .relaxed) > 0 }

  /// Has SIGINT counted from here on, on the thread that calls this.
  static func install() {
    // Touched here: a handler must not be the first to use a global.
    _ = hasArrived
    signal(SIGINT) { _ in
      if InterruptSignal.arrivals.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
    }
    // A program inherits the signals that its starter has blocked, which all of libdispatch's threads do.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}
