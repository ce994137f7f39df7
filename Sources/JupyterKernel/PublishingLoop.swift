import Foundation
import JSONValue
import JupyterProtocol
import Logging

/// The iopub thread: the only one that publishes.
///
/// Its socket is an XPUB, which tells of each new subscriber; the subscriber is greeted by `iopub_welcome`, so that a front end
/// knows from when on it misses nothing (Jupyter enhancement proposal 65).
struct PublishingLoop: Sendable {
  let socket: ZeroMQSocket
  let outbox: Outbox
  let wire: WireFormat
  let session: String
  let logger: Logger

  func run() {
    while true {
      let (items, wait) = outbox.takeDue()
      for item in items {
        switch item {
        case .message(let message): send(message)
        case .stream(let text): send(message(for: text))
        case .call(let action): action()
        case .stop: return
        }
      }
      if items.isEmpty, outbox.wakeUp.wait(for: socket, timeout: wait) { greetSubscribers() }
    }
  }

  private func message(for text: Outbox.StreamText) -> Message {
    Message(
      header: MessageHeader(type: "stream", session: session), parent: text.parent,
      content: ["name": .string(text.stream.rawValue), "text": .string(text.text)],
      identities: [Data("stream.\(text.stream.rawValue)".utf8)])
  }

  private func greetSubscribers() {
    while let subscription = socket.receive()?.first {
      // The first byte tells a subscription (1) from its end (0); the topic follows.
      guard let kind = subscription.first, kind <= 1 else { continue }
      let topic = Data(subscription.dropFirst())
      socket.accept(topic, isEnd: kind == 0)
      guard kind == 1 else { continue }
      send(
        Message(
          header: MessageHeader(type: "iopub_welcome", session: session),
          content: ["subscription": .string(String(decoding: topic, as: UTF8.self))], identities: [topic]))
    }
  }

  private func send(_ message: Message) {
    do {
      try socket.send(wire.frames(of: message))
    } catch {
      logger.error("cannot publish \(message.header.type): \(error.reason)")
    }
  }
}
