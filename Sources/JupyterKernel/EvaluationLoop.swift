import Dispatch
import JSONValue
import JupyterProtocol

/// The evaluation thread: the only one that runs cells, one after another.
///
/// Every request ends in the same order: its output, its reply, the idle status. The reply travels through the iopub thread,
/// behind the output, to the shell thread, which then has idle published; the next request begins after that.
struct EvaluationLoop: Sendable {
  let engine: any CellEngine
  let queue: EvaluationQueue
  let shell: Mailbox<ShellLoop.Errand>
  let publisher: Publisher
  let history: History
  let outputs: MessageOutput.Context

  func run() {
    var executionCount = 0
    while true {
      let job = queue.next()
      switch job.kind {
      case .execute(let request):
        if let message = job.message {
          execute(request, message: message, cancellation: job.cancellation, executionCount: &executionCount)
        }
      case .comm:
        if let message = job.message { deliver(message, cancellation: job.cancellation) }
      case .shutDown(let restarts):
        return engine.shutDown(restarts: restarts)
      }
    }
  }

  // MARK: - Cells

  private func execute(
    _ request: ExecuteRequest, message: Message, cancellation: CancellationFlag, executionCount: inout Int
  ) {
    publisher.status(.busy, parent: message.header)
    if request.storesHistory { executionCount += 1 }
    if !request.isSilent {
      publisher.publish(
        "execute_input", ["code": .string(request.code), "execution_count": .integer(executionCount)],
        parent: message.header)
    }
    let cell = Cell(
      code: request.code, executionCount: executionCount, isSilent: request.isSilent,
      storesHistory: request.storesHistory, metadata: message.metadata)
    let output = MessageOutput(
      request: message, context: outputs, cancellation: cancellation, executionCount: executionCount,
      isSilent: request.isSilent, allowsInput: request.allowsInput)

    let outcome = engine.execute(cell, output: output, cancellation: cancellation)
    var content = reply(to: outcome, of: request, cancellation: cancellation)
    let summary = output.finish()
    if request.storesHistory {
      history.append(line: executionCount, input: request.code, output: summary.resultText)
    }
    if let error = outcome.error, !request.isSilent {
      publisher.publish("error", error.content, parent: message.header)
    }
    content["execution_count"] = .integer(executionCount)
    content["payload"] = .array(summary.payload)
    let aborted = outcome != .ok && request.stopsOnError ? cellsToAbort() : []
    finish(message, content: content)
    for waiting in aborted { abort(waiting, executionCount: executionCount) }
    history.save()
  }

  private func reply(
    to outcome: CellOutcome, of request: ExecuteRequest, cancellation: CancellationFlag
  ) -> [String: JSONValue] {
    if let error = outcome.error { return Message.reply(to: error) }
    let values = evaluate(request.userExpressions, cancellation: cancellation)
    return ["status": "ok", "user_expressions": .object(values)]
  }

  private func evaluate(_ expressions: [String: String], cancellation: CancellationFlag) -> [String: JSONValue] {
    expressions.mapValues { expression in
      do throws(CellError) {
        let data = try engine.evaluate(expression, cancellation: cancellation)
        return ["status": "ok", "data": .object(data), "metadata": [:]]
      } catch {
        return .object(Message.reply(to: error))
      }
    }
  }

  /// The cells that were sent before their front end could know of an error.
  private func cellsToAbort() -> [Message] {
    let read = DispatchSemaphore(value: 0)
    shell.post(.readAll { read.signal() })
    read.wait()
    return queue.removeExecutions()
  }

  private func abort(_ request: Message, executionCount: Int) {
    publisher.status(.busy, parent: request.header)
    finish(request, content: ["status": "aborted", "execution_count": .integer(executionCount)])
  }

  /// Sends a reply once all output is out, then publishes idle, and waits for that.
  private func finish(_ request: Message, content: [String: JSONValue]) {
    let reply = request.reply(request.replyType, session: publisher.session, content: content)
    let isIdle = DispatchSemaphore(value: 0)
    publisher.afterSending {
      shell.post(
        .send(reply) {
          publisher.status(.idle, parent: request.header)
          isIdle.signal()
        })
    }
    isIdle.wait()
  }

  // MARK: - Comms

  private func deliver(_ message: Message, cancellation: CancellationFlag) {
    publisher.status(.busy, parent: message.header)
    let output = MessageOutput(request: message, context: outputs, cancellation: cancellation)
    let content = CommMessage(
      data: message.content["data"] ?? [:], metadata: message.metadata, buffers: message.buffers)
    if let id = message.content["comm_id"]?.string {
      deliver(message, id: id, content: content, output: output, cancellation: cancellation)
    }
    _ = output.finish()
    publisher.status(.idle, parent: message.header)
  }

  private func deliver(
    _ message: Message, id: String, content: CommMessage, output: MessageOutput, cancellation: CancellationFlag
  ) {
    switch message.header.type {
    case "comm_open":
      let comm = Comm(id: id, target: message.content["target_name"]?.string ?? "")
      outputs.comms.insert(comm)
      if !engine.commOpened(comm, message: content, output: output, cancellation: cancellation) {
        output.closeComm(id, message: CommMessage())
      }
    case "comm_msg":
      if let comm = outputs.comms[id] {
        engine.commReceived(comm, message: content, output: output, cancellation: cancellation)
      }
    default:
      if let comm = outputs.comms.remove(id) {
        engine.commClosed(comm, message: content, output: output, cancellation: cancellation)
      }
    }
  }
}

extension CellOutcome {
  fileprivate var error: CellError? {
    switch self {
    case .ok: nil
    case .error(let error): error
    case .interrupted: .interrupted
    }
  }
}
