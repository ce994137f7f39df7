import CommandLanguage
import JSONValue
import Synchronization

/// Writes the text forms of outputs into a file or a pipe, where nothing can be taken back.
///
/// A display that is updated, such as the progress of a training, shall appear once, in its last state. So it is held
/// back, and with it what follows on standard output, until its command has let go of the handle to update it.
package final class PipeOutput: RunOutput {
  fileprivate enum Item {
    case text(String)
    case display(id: Int, text: String, isFinal: Bool)
  }

  fileprivate struct State {
    var items: [Item] = []
    var displayCount = 0
    var isAtLineStart = true
  }

  private let state = Mutex(State())
  private let send: @Sendable (String) -> Void

  /// Creates an output for one run.
  ///
  /// - Parameter send: Takes what is to stand on standard output.
  package init(send: @escaping @Sendable (String) -> Void = { StandardStreams.write($0, to: .standardOutput) }) {
    self.send = send
  }

  package func write(_ text: String, to stream: TextStream) {
    guard stream == .standardOutput else { return StandardStreams.write(text, to: stream) }
    state.withLock { state in
      state.items.append(.text(text))
      state.flush(to: send)
    }
  }

  package func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    let id = state.withLock { state in
      state.displayCount += 1
      state.items.append(.display(id: state.displayCount, text: bundle.plainText, isFinal: false))
      return state.displayCount
    }
    return Display(id: id, output: self)
  }

  package func result(_ value: Value) {
    let text = value.display().plainText
    state.withLock { state in
      state.items.append(.display(id: 0, text: text, isFinal: true))
      state.flush(to: send)
    }
  }

  package func page(_ bundle: [String: JSONValue]) { _ = display(bundle) }

  /// What is written already stays; what is still held back is dropped.
  package func clear(wait: Bool) {
    state.withLock { $0.items.removeAll() }
  }

  func error(_ error: CellError) {
    finishCell()
    StandardStreams.write(error.text(isColoured: StandardStreams.isTerminal(.standardError)) + "\n", to: .standardError)
  }

  package func finishCell() {
    state.withLock { $0.flush(to: send, holdingBack: false) }
  }

  package func readLine(prompt: String, isPassword: Bool) throws -> String {
    finishCell()
    return try TerminalInput.readLine(prompt: prompt, isPassword: isPassword)
  }

  private func change(_ id: Int, text: String?) {
    state.withLock { state in
      let place = state.items.firstIndex { if case .display(id, _, _) = $0 { true } else { false } }
      guard let place, case .display(_, let old, _) = state.items[place] else { return }
      state.items[place] = .display(id: id, text: text ?? old, isFinal: text == nil)
      if text == nil { state.flush(to: send) }
    }
  }

  /// The handle of a display; the display is final once nobody holds it.
  private final class Display: UpdatableDisplay {
    private let id: Int
    private let output: PipeOutput

    init(id: Int, output: PipeOutput) {
      self.id = id
      self.output = output
    }

    package func update(_ bundle: [String: JSONValue]) { output.change(id, text: bundle.plainText) }

    deinit { output.change(id, text: nil) }
  }
}

extension PipeOutput.State {
  /// Writes the items up to the first display that may still change, or all.
  fileprivate mutating func flush(to send: (String) -> Void, holdingBack: Bool = true) {
    var text = ""
    var count = 0
    loop: for item in items {
      switch item {
      case .text(let part): text += part
      case .display(_, _, isFinal: false) where holdingBack: break loop
      case .display(_, let part, _):
        if !(text.last ?? (isAtLineStart ? "\n" : " ")).isNewline { text += "\n" }
        text += part + "\n"
      }
      count += 1
    }
    items.removeFirst(count)
    if text.isEmpty { return }
    isAtLineStart = text.last?.isNewline ?? true
    send(text)
  }
}
