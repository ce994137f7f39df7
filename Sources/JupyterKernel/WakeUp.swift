import CZeroMQ
import Foundation
import Synchronization

/// Wakes a thread that waits in ``wait(for:timeout:)``.
final class WakeUp: Sendable {
  /// A byte written here wakes the thread, also from a signal handler.
  let writeDescriptor: Int32
  private let readDescriptor: Int32
  private let isPending = Atomic(false)

  init() {
    var descriptors: [Int32] = [-1, -1]
    precondition(pipe(&descriptors) == 0, "the system has no file descriptor left")
    for descriptor in descriptors {
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    (readDescriptor, writeDescriptor) = (descriptors[0], descriptors[1])
  }

  deinit {
    close(readDescriptor)
    close(writeDescriptor)
  }

  /// Wakes the waiting thread, or keeps it from waiting next time.
  func signal() {
    guard !isPending.exchange(true, ordering: .sequentiallyConsistent) else { return }
    var byte: UInt8 = 1
    _ = write(writeDescriptor, &byte, 1)
  }

  /// Takes back the signal, so that the next one is noticed.
  ///
  /// What it was sent for is looked at afterwards.
  private func clear() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(readDescriptor, &bytes, bytes.count) == bytes.count {}
    isPending.store(false, ordering: .sequentiallyConsistent)
  }

  /// Waits until a message has come, this wake-up was signalled, or the time is up.
  ///
  /// - Parameter timeout: `nil` to wait for ever.
  /// - Returns: Whether the socket has a message.
  func wait(for socket: ZeroMQSocket, timeout: Duration? = nil) -> Bool {
    var items = [socket.pollItem, pollItem]
    zmq_poll(&items, Int32(items.count), timeout.map { max(0, $0.milliseconds) } ?? -1)
    // A signal handler may have interrupted the poll; nothing is ready then and the caller looks at its state again.
    if items[1].revents != 0 { clear() }
    return items[0].revents != 0
  }

  private var pollItem: zmq_pollitem_t {
    zmq_pollitem_t(socket: nil, fd: readDescriptor, events: Int16(ZMQ_POLLIN), revents: 0)
  }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  fileprivate var milliseconds: Int {
    Int(components.seconds) * 1000 + Int((components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
