import Foundation
import JSONValue
import JupyterProtocol
import Logging

/// The control thread: what must not wait for a running cell, above all interrupts and the end of the kernel.
struct ControlLoop: Sendable {
  let socket: ZeroMQSocket
  let wire: WireFormat
  let responder: RequestResponder
  let evaluation: EvaluationQueue
  let input: StandardInput
  let publisher: Publisher
  /// Signalled by SIGINT.
  let interrupt: WakeUp
  let parent: ParentProcess?
  let logger: Logger

  /// Runs until the kernel is to end.
  func run() -> KernelExit {
    while true {
      let hasMessage = interrupt.wait(for: socket, timeout: parent == nil ? nil : .seconds(1))
      if InterruptSignal.take() { interruptCell() }
      if parent?.hasEnded == true { return .parentEnded }
      if hasMessage, let exit = readRequest() { return exit }
    }
  }

  private func readRequest() -> KernelExit? {
    guard let frames = socket.receive() else { return nil }
    do throws(WireError) {
      return handle(try wire.message(from: frames))
    } catch {
      logger.warning("dropped a message on control: \(error)")
      return nil
    }
  }

  /// - Returns: How the kernel ends, when the request asks for its end.
  private func handle(_ request: Message) -> KernelExit? {
    do throws(ContentError) {
      switch request.header.type {
      case "interrupt_request":
        interruptCell()
        answer(request, with: ["status": "ok"])
      case "shutdown_request":
        let restarts = try ShutdownRequest(request.content).restarts
        answer(request, with: ["status": "ok", "restart": .bool(restarts)], isPublished: true)
        return .shutDown(restarts: restarts)
      default:
        guard let content = try responder.reply(to: request) else {
          logger.warning("dropped a message on control: unknown type '\(request.header.type)'")
          return nil
        }
        answer(request, with: content)
      }
    } catch {
      answer(request, with: Message.reply(to: error))
    }
    return nil
  }

  private func interruptCell() {
    evaluation.interrupt()
    input.wake()
  }

  /// - Parameter isPublished: Whether all front ends shall see the reply.
  private func answer(_ request: Message, with content: [String: JSONValue], isPublished: Bool = false) {
    publisher.status(.busy, parent: request.header)
    let reply = request.reply(request.replyType, session: publisher.session, content: content)
    do {
      try socket.send(wire.frames(of: reply))
    } catch {
      logger.error("cannot send \(reply.header.type): \(error.reason)")
    }
    if isPublished { publisher.publish(request.replyType, content, parent: request.header) }
    publisher.status(.idle, parent: request.header)
  }
}
