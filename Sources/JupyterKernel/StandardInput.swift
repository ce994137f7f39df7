import CZeroMQ
import Foundation
import JSONValue
import JupyterProtocol
import Logging
import Synchronization

/// Asks the person at the front end for a line of text, over the stdin channel.
final class StandardInput: Sendable {
  private let socket: Mutex<ZeroMQSocket>
  private let wakeUp = WakeUp()
  private let wire: WireFormat
  private let session: String
  private let logger: Logger

  /// - Parameter socket: A ROUTER with `ZMQ_ROUTER_MANDATORY`, so that a front end which is not there is an error.
  init(socket: ZeroMQSocket, wire: WireFormat, session: String, logger: Logger) {
    self.socket = Mutex(socket)
    self.wire = wire
    self.session = session
    self.logger = logger
  }

  /// Asks, and waits for the answer or an interrupt.
  ///
  /// - Parameter request: Whose front end is asked; its stdin socket has the same identity as its shell socket.
  func ask(
    _ prompt: String, isPassword: Bool, request: Message, cancellation: CancellationFlag
  ) throws(InputError) -> String {
    let answer = socket.withLock { socket -> Result<String, InputError> in
      // An answer to an earlier question that was interrupted is no answer to this one.
      while socket.receive() != nil {}
      let question = request.reply(
        "input_request", session: session, content: ["prompt": .string(prompt), "password": .bool(isPassword)])
      guard send(question, over: socket, cancellation: cancellation) else { return .failure(.notAllowed) }
      while !cancellation.isCancelled {
        guard wakeUp.wait(for: socket) else { continue }
        if let answer = receiveAnswer(from: socket) { return .success(answer) }
      }
      return .failure(.interrupted)
    }
    return try answer.get()
  }

  /// Makes a question that waits look at its cancellation flag.
  func wake() {
    wakeUp.signal()
  }

  /// Sends the question.
  ///
  /// The front end's stdin socket may still be connecting, so it is given a second.
  private func send(_ question: Message, over socket: ZeroMQSocket, cancellation: CancellationFlag) -> Bool {
    let patience = ContinuousClock.now + .seconds(1)
    while true {
      do {
        try socket.send(wire.frames(of: question))
        return true
      } catch {
        guard error.code == EHOSTUNREACH, ContinuousClock.now < patience, !cancellation.isCancelled else {
          logger.warning("cannot ask for input: \(error.reason)")
          return false
        }
        _ = wakeUp.wait(for: socket, timeout: .milliseconds(20))
      }
    }
  }

  private func receiveAnswer(from socket: ZeroMQSocket) -> String? {
    guard let frames = socket.receive() else { return nil }
    do {
      let message = try wire.message(from: frames)
      if message.header.type == "input_reply", let answer = message.content["value"]?.string { return answer }
      logger.warning("dropped a message on stdin: \(message.header.type) is no answer")
    } catch {
      logger.warning("dropped a message on stdin: \(error)")
    }
    return nil
  }

  func close() {
    socket.withLock { $0.close() }
  }
}
