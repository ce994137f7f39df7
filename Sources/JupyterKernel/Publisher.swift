import Dispatch
import Foundation
import JSONValue
import JupyterProtocol

/// Publishes to all front ends, from any thread, by way of the iopub thread.
struct Publisher: Sendable {
  enum ExecutionState: String {
    case starting, busy, idle
  }

  let outbox: Outbox
  /// The session of this run of the kernel.
  let session: String

  func publish(
    _ type: String, _ content: [String: JSONValue], parent: MessageHeader?, metadata: [String: JSONValue] = [:],
    buffers: [Data] = []
  ) {
    outbox.post(
      .message(
        Message(
          header: MessageHeader(type: type, session: session), parent: parent, metadata: metadata, content: content,
          buffers: buffers, identities: [Data("kernel.\(session).\(type)".utf8)])))
  }

  func status(_ state: ExecutionState, parent: MessageHeader?) {
    publish("status", ["execution_state": .string(state.rawValue)], parent: parent)
  }

  func stream(_ text: String, to stream: StandardStream, parent: MessageHeader) {
    outbox.append(text, to: stream, parent: parent)
  }

  /// Calls `action` on the iopub thread once everything published so far has been sent.
  func afterSending(_ action: @escaping @Sendable () -> Void) {
    outbox.post(.call(action))
  }

  /// Waits until everything published so far has been sent.
  func flush() {
    let sent = DispatchSemaphore(value: 0)
    afterSending { sent.signal() }
    sent.wait()
  }
}
