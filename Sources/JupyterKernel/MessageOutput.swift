import Foundation
import JSONValue
import JupyterProtocol
import Synchronization

/// The output of one request as messages of the iopub channel, all with that request as their parent.
final class MessageOutput: CellOutput {
  /// What the outputs of one kernel share.
  struct Context: Sendable {
    let publisher: Publisher
    let input: StandardInput
    let displays: Displays
    let comms: Comms
    let limit: OutputLimit
  }

  /// What the end of the request needs to know of its output.
  struct Summary: Sendable {
    /// The content of `payload` in the reply.
    var payload: [JSONValue] = []
    /// The text form of the result, for the history.
    var resultText: String?
  }

  private struct State {
    var isOpen = true
    var summary = Summary()
    var tails: [StandardStream: UTF8Tail] = [:]
    var textBytes = 0
    var displays = 0
    var saidThatLimitIsReached = false
  }

  private let request: Message
  private let context: Context
  private let cancellation: CancellationFlag
  private let executionCount: Int
  private let isSilent: Bool
  private let allowsInput: Bool
  private let state = Mutex(State())

  init(
    request: Message, context: Context, cancellation: CancellationFlag, executionCount: Int = 0, isSilent: Bool = false,
    allowsInput: Bool = false
  ) {
    self.request = request
    self.context = context
    self.cancellation = cancellation
    self.executionCount = executionCount
    self.isSilent = isSilent
    self.allowsInput = allowsInput
  }

  /// Ends the output: what other threads still write is dropped from now on, so that nothing follows the idle status.
  func finish() -> Summary {
    state.withLock { state in
      for (stream, tail) in state.tails where !tail.bytes.isEmpty {
        write(String(decoding: tail.bytes, as: UTF8.self), to: stream, &state)
      }
      state.isOpen = false
      return state.summary
    }
  }

  /// Publishes under the lock, so that nothing slips behind ``finish()``.
  private func publish(_ type: String, _ content: [String: JSONValue]) {
    context.publisher.publish(type, content, parent: request.header)
  }

  private func whileOpen<Value>(_ body: (inout State) -> Value) -> Value? {
    state.withLock { state in state.isOpen ? body(&state) : nil }
  }
}

// MARK: - Text

extension MessageOutput {
  func stream(_ text: String, to stream: StandardStream) {
    guard !text.isEmpty else { return }
    _ = whileOpen { state in write(text, to: stream, &state) }
  }

  func stream(utf8 bytes: [UInt8], to stream: StandardStream) {
    _ = whileOpen { state in
      let text = state.tails[stream, default: UTF8Tail()].append(bytes)
      if !text.isEmpty { write(text, to: stream, &state) }
    }
  }

  private func write(_ text: String, to stream: StandardStream, _ state: inout State) {
    guard !isSilent else { return }
    let remaining = max(0, context.limit.textBytes - state.textBytes)
    state.textBytes += text.utf8.count
    let fits = text.utf8.count <= remaining
    let shown = fits ? text : text.prefix(utf8Count: remaining)
    if !shown.isEmpty { context.publisher.stream(shown, to: stream, parent: request.header) }
    if !fits { sayThatLimitIsReached("\(context.limit.textBytes) bytes of text", &state) }
  }

  private func sayThatLimitIsReached(_ limit: String, _ state: inout State) {
    guard !state.saidThatLimitIsReached else { return }
    state.saidThatLimitIsReached = true
    context.publisher.stream(
      "\n[this cell has shown \(limit), its limit: more of it is not shown]\n", to: .stderr, parent: request.header)
  }
}

// MARK: - Displays and payloads

extension MessageOutput {
  func display(_ data: MIMEBundle, metadata: [String: JSONValue], id: String?) {
    _ = whileOpen { state in
      guard !isSilent else { return }
      state.displays += 1
      guard state.displays <= context.limit.displays else {
        return sayThatLimitIsReached("\(context.limit.displays) displays", &state)
      }
      if let id { context.displays.insert(id) }
      let transient: JSONValue = id.map { ["display_id": .string($0)] } ?? [:]
      publish("display_data", ["data": .object(data), "metadata": .object(metadata), "transient": transient])
    }
  }

  func updateDisplay(_ id: String, data: MIMEBundle, metadata: [String: JSONValue]) -> Bool {
    whileOpen { _ in
      guard !isSilent, context.displays.contains(id) else { return false }
      publish(
        "update_display_data",
        ["data": .object(data), "metadata": .object(metadata), "transient": ["display_id": .string(id)]])
      return true
    } ?? false
  }

  func result(_ data: MIMEBundle, metadata: [String: JSONValue]) {
    _ = whileOpen { state in
      state.summary.resultText = data["text/plain"]?.string
      guard !isSilent else { return }
      publish(
        "execute_result",
        ["data": .object(data), "metadata": .object(metadata), "execution_count": .integer(executionCount)])
    }
  }

  func clearOutput(wait: Bool) {
    _ = whileOpen { _ in if !isSilent { publish("clear_output", ["wait": .bool(wait)]) } }
  }

  func page(_ data: MIMEBundle) {
    _ = whileOpen { $0.summary.payload.append(["source": "page", "data": .object(data), "start": 0]) }
  }

  func setNextInput(_ code: String, replace: Bool) {
    _ = whileOpen {
      $0.summary.payload.append(["source": "set_next_input", "text": .string(code), "replace": .bool(replace)])
    }
  }

  func input(prompt: String, isPassword: Bool) throws(InputError) -> String {
    guard allowsInput, state.withLock({ $0.isOpen }) else { throw .notAllowed }
    // The question may refer to what was printed before it.
    context.publisher.flush()
    return try context.input.ask(prompt, isPassword: isPassword, request: request, cancellation: cancellation)
  }
}

// MARK: - Comms

extension MessageOutput {
  func openComm(_ target: String, message: CommMessage) -> String {
    let comm = Comm(id: UUID().uuidString.lowercased(), target: target)
    _ = whileOpen { _ in
      context.comms.insert(comm)
      publish("comm_open", comm.id, message, ["target_name": .string(target)])
    }
    return comm.id
  }

  func sendComm(_ id: String, message: CommMessage) {
    _ = whileOpen { _ in if context.comms[id] != nil { publish("comm_msg", id, message) } }
  }

  func closeComm(_ id: String, message: CommMessage) {
    _ = whileOpen { _ in if context.comms.remove(id) != nil { publish("comm_close", id, message) } }
  }

  private func publish(_ type: String, _ id: String, _ message: CommMessage, _ more: [String: JSONValue] = [:]) {
    var content = more
    content["comm_id"] = .string(id)
    content["data"] = message.data
    context.publisher.publish(
      type, content, parent: request.header, metadata: message.metadata, buffers: message.buffers)
  }
}

extension String {
  /// As many whole characters from the start as fit in `count` bytes of UTF-8.
  fileprivate func prefix(utf8Count count: Int) -> String {
    var end = utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) ?? endIndex
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
