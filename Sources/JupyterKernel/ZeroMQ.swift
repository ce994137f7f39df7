import CZeroMQ
import Foundation

/// A call of libzmq that failed.
struct ZeroMQError: Error {
  /// What was to be done, such as `bind tcp://127.0.0.1:5555`.
  var action: String
  var code: Int32

  init(_ action: String) {
    self.action = action
    code = zmq_errno()
  }

  var reason: String { String(cString: zmq_strerror(code)) }
}

/// What the sockets of one kernel share.
final class ZeroMQContext: @unchecked Sendable {
  // Unchecked: libzmq's contexts may be used by all threads.
  fileprivate let handle: UnsafeMutableRawPointer

  init() {
    guard let handle = zmq_ctx_new() else { preconditionFailure("libzmq has no memory for a context") }
    self.handle = handle
  }

  /// Makes every blocking call on the sockets return.
  func interruptSockets() {
    zmq_ctx_shutdown(handle)
  }

  /// Waits until all sockets are closed and have sent what they hold, at most their linger time.
  func terminate() {
    while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
  }
}

/// A ZeroMQ socket.
///
/// Belongs to one thread at a time: it may be handed to another thread where a lock or the start of the thread lies between.
final class ZeroMQSocket: @unchecked Sendable {
  // Unchecked: see above.
  private let handle: UnsafeMutableRawPointer

  /// - Parameter type: `ZMQ_ROUTER` and so on.
  init(_ context: ZeroMQContext, type: Int32, options: [Int32: Int32] = [:]) throws(ZeroMQError) {
    guard let handle = zmq_socket(context.handle, type) else { throw ZeroMQError("open a socket") }
    self.handle = handle
    // No high-water mark: a reply or an idle status that is dropped would hang the front end.
    let defaults: [Int32: Int32] = [ZMQ_LINGER: 1000, ZMQ_SNDHWM: 0, ZMQ_RCVHWM: 0, ZMQ_IPV6: 1]
    for (option, value) in defaults.merging(options, uniquingKeysWith: { _, given in given }) {
      try set(option, to: value)
    }
  }

  private func set(_ option: Int32, to value: Int32) throws(ZeroMQError) {
    var value = value
    guard zmq_setsockopt(handle, option, &value, MemoryLayout<Int32>.size) == 0 else {
      throw ZeroMQError("set option \(option) of a socket")
    }
  }

  func bind(_ endpoint: String) throws(ZeroMQError) {
    guard zmq_bind(handle, endpoint) == 0 else { throw ZeroMQError("bind \(endpoint)") }
  }

  func close() {
    zmq_close(handle)
  }

  /// What `zmq_poll` needs to wait for messages of this socket.
  var pollItem: zmq_pollitem_t { zmq_pollitem_t(socket: handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0) }
}

// MARK: - Subscriptions

extension ZeroMQSocket {
  /// Takes the subscription, or its end, that was received last on an XPUB with `ZMQ_XPUB_MANUAL`.
  func accept(_ topic: Data, isEnd: Bool) {
    let option = isEnd ? ZMQ_UNSUBSCRIBE : ZMQ_SUBSCRIBE
    _ = topic.withUnsafeBytes { zmq_setsockopt(handle, option, $0.baseAddress, $0.count) }
  }
}

// MARK: - Multipart messages

extension ZeroMQSocket {
  /// The frames of the next message, or `nil` when none is waiting.
  ///
  /// - Parameter waits: Whether to wait for one; `nil` then means that the context was shut down.
  func receive(waits: Bool = false) -> [Data]? {
    var frames: [Data] = []
    var message = zmq_msg_t()
    repeat {
      zmq_msg_init(&message)
      defer { zmq_msg_close(&message) }
      guard receive(into: &message, waits: waits) else { return nil }
      // An empty message has no data pointer.
      frames.append(zmq_msg_data(&message).map { Data(bytes: $0, count: zmq_msg_size(&message)) } ?? Data())
      if zmq_msg_more(&message) == 0 { return frames }
    } while true
  }

  private func receive(into message: inout zmq_msg_t, waits: Bool) -> Bool {
    while zmq_msg_recv(&message, handle, waits ? 0 : ZMQ_DONTWAIT) < 0 {
      guard zmq_errno() == EINTR else { return false }
    }
    return true
  }

  /// Sends the frames of a message.
  ///
  /// Without a high-water mark this never waits.
  func send(_ frames: [Data]) throws(ZeroMQError) {
    for (index, frame) in frames.enumerated() {
      let flags = index < frames.count - 1 ? ZMQ_SNDMORE : 0
      let count = frame.count
      while frame.withUnsafeBytes({ zmq_send(handle, $0.baseAddress, count, flags) }) < 0 {
        guard zmq_errno() == EINTR else { throw ZeroMQError("send a message") }
      }
    }
  }
}
