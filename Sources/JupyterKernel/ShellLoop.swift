import JSONValue
import JupyterProtocol
import Logging

/// The shell thread: reads requests, answers at once those that need no evaluation, and queues the others.
struct ShellLoop: Sendable {
  /// What other threads want of the shell socket.
  enum Errand: Sendable {
    /// Send a reply, then call `completion`.
    case send(Message, completion: @Sendable () -> Void)
    /// Read every request that has come already, then call `completion`.
    case readAll(completion: @Sendable () -> Void)
    case stop
  }

  let socket: ZeroMQSocket
  let errands: Mailbox<Errand>
  let wire: WireFormat
  let responder: RequestResponder
  let evaluation: EvaluationQueue
  let publisher: Publisher
  let logger: Logger

  func run() {
    while true {
      for errand in errands.takeAll() {
        switch errand {
        case .send(let message, let completion):
          send(message)
          completion()
        case .readAll(let completion):
          while readRequest() {}
          completion()
        case .stop:
          return
        }
      }
      if errands.wakeUp.wait(for: socket) { _ = readRequest() }
    }
  }

  /// Reads and handles one request.
  ///
  /// - Returns: False when none was waiting.
  private func readRequest() -> Bool {
    guard let frames = socket.receive() else { return false }
    do throws(WireError) {
      handle(try wire.message(from: frames))
    } catch {
      logger.warning("dropped a message on shell: \(error)")
    }
    return true
  }

  private func handle(_ request: Message) {
    switch request.header.type {
    case "execute_request":
      do throws(ContentError) {
        evaluation.append(.execute(try ExecuteRequest(request.content)), message: request)
      } catch {
        answer(request, with: Message.reply(to: error))
      }
    case "comm_open", "comm_msg", "comm_close":
      evaluation.append(.comm, message: request)
    default:
      respond(to: request)
    }
  }

  private func respond(to request: Message) {
    do throws(ContentError) {
      guard let content = try responder.reply(to: request) else {
        return logger.warning("dropped a message on shell: unknown type '\(request.header.type)'")
      }
      answer(request, with: content)
    } catch {
      answer(request, with: Message.reply(to: error))
    }
  }

  private func answer(_ request: Message, with content: [String: JSONValue]) {
    publisher.status(.busy, parent: request.header)
    send(request.reply(request.replyType, session: publisher.session, content: content))
    publisher.status(.idle, parent: request.header)
  }

  private func send(_ message: Message) {
    do {
      try socket.send(wire.frames(of: message))
    } catch {
      logger.error("cannot send \(message.header.type): \(error.reason)")
    }
  }
}
