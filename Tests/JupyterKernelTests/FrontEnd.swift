import CZeroMQ
import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Synchronization

/// A front end in the test's own process: real sockets, no Python.
final class FrontEnd {
  private static let patience = 10.0

  let session = UUID().uuidString
  let wire: WireFormat
  private let context = zmq_ctx_new()
  private var sockets: [Channel: UnsafeMutableRawPointer] = [:]

  init(_ connection: ConnectionFile) {
    wire = WireFormat(signer: MessageSigner(key: connection.key))
    for (channel, type) in [
      (Channel.iopub, ZMQ_SUB), (.shell, ZMQ_DEALER), (.control, ZMQ_DEALER), (.stdin, ZMQ_DEALER),
      (.heartbeat, ZMQ_REQ),
    ] {
      let socket = zmq_socket(context, type)
      // The kernel asks on stdin under the identity that the request had on shell.
      if type == ZMQ_DEALER { zmq_setsockopt(socket, ZMQ_ROUTING_ID, session, session.utf8.count) }
      if type == ZMQ_SUB { zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) }
      for (option, value) in [(ZMQ_RCVHWM, Int32(0)), (ZMQ_LINGER, 0), (ZMQ_RECONNECT_IVL, 5), (ZMQ_IPV6, 1)] {
        withUnsafeBytes(of: value) { _ = zmq_setsockopt(socket, option, $0.baseAddress, $0.count) }
      }
      zmq_connect(socket, connection.endpoint(of: channel))
      sockets[channel] = socket
    }
  }

  deinit {
    for socket in sockets.values { zmq_close(socket) }
    zmq_ctx_term(context)
  }

  // MARK: - Frames

  func send(_ frames: [Data], on channel: Channel) {
    for (index, frame) in frames.enumerated() {
      let flags = index < frames.count - 1 ? ZMQ_SNDMORE : 0
      _ = frame.withUnsafeBytes { zmq_send(sockets[channel], $0.baseAddress, $0.count, flags) }
    }
  }

  func receiveFrames(on channel: Channel, seconds: Double = patience) -> [Data]? {
    var item = zmq_pollitem_t(socket: sockets[channel], fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    let end = ContinuousClock.now + .seconds(seconds)
    // A signal of a test may interrupt the poll.
    repeat {
      zmq_poll(&item, 1, max(0, Int(ContinuousClock.now.duration(to: end) / .milliseconds(1))))
    } while item.revents == 0 && ContinuousClock.now < end
    guard item.revents != 0 else { return nil }
    var frames: [Data] = []
    var message = zmq_msg_t()
    repeat {
      zmq_msg_init(&message)
      zmq_msg_recv(&message, sockets[channel], 0)
      frames.append(zmq_msg_data(&message).map { Data(bytes: $0, count: zmq_msg_size(&message)) } ?? Data())
    } while zmq_msg_more(&message) != 0
    return frames
  }

  // MARK: - Messages

  /// Sends a request and returns its id.
  @discardableResult
  func send(
    _ type: String, _ content: [String: JSONValue] = [:], on channel: Channel = .shell, buffers: [Data] = []
  ) -> String {
    let message = Message(
      header: MessageHeader(type: type, session: session), content: content, buffers: buffers)
    send(wire.frames(of: message), on: channel)
    return message.header.id
  }

  func receive(on channel: Channel, seconds: Double = patience) throws -> Message {
    guard let frames = receiveFrames(on: channel, seconds: seconds) else { throw Silence(channel: channel) }
    return try wire.message(from: frames)
  }

  /// The reply to a request; replies to others are passed over.
  func reply(to request: String, on channel: Channel = .shell, seconds: Double = patience) throws -> Message {
    while true {
      let reply = try receive(on: channel, seconds: seconds)
      if reply.parent?.id == request { return reply }
    }
  }

  /// What was published about a request, from busy to idle.
  func published(for request: String) throws -> [Message] {
    var messages: [Message] = []
    while true {
      let message = try receive(on: .iopub)
      guard message.parent?.id == request else { continue }
      messages.append(message)
      if message.content["execution_state"] == "idle" { return messages }
    }
  }

  @discardableResult
  func execute(_ code: String, _ more: [String: JSONValue] = [:]) -> String {
    send("execute_request", more.merging(["code": .string(code)]) { $1 })
  }

  /// Runs a cell to its end.
  func run(_ code: String, _ more: [String: JSONValue] = [:]) throws -> (reply: Message, published: [Message]) {
    let request = execute(code, more)
    return (try reply(to: request), try published(for: request))
  }

  /// Waits until a cell's code is being run.
  func waitUntilRunning(_ request: String) throws {
    while true {
      let message = try receive(on: .iopub)
      if message.parent?.id == request, message.header.type == "execute_input" { return }
    }
  }

  /// No message came in time.
  struct Silence: Error {
    var channel: Channel
  }
}

extension [Message] {
  var types: [String] { map(\.header.type) }

  /// The text of a stream, put together.
  func text(of stream: String = "stdout") -> String {
    filter { $0.header.type == "stream" && $0.content["name"]?.string == stream }
      .compactMap { $0.content["text"]?.string }.joined()
  }
}
