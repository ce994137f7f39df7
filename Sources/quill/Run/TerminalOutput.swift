import CommandLanguage
import JSONValue
import Synchronization

/// Writes the text forms of outputs to a terminal, and replaces a display in place while it is the last thing there.
///
/// A display that has scrolled up, or that other text stands below, is shown again when its cell ends.
final class TerminalOutput: RunOutput {
  fileprivate struct Shown {
    let id: Int
    var start: TerminalCursor
    var end: TerminalCursor
  }

  fileprivate struct State {
    var cursor = TerminalCursor()
    var last: Shown?
    var displayCount = 0
    /// The new states of displays that could not be replaced.
    var outdated: [Int: String] = [:]
    var clearsBeforeNext = false
  }

  private let state = Mutex(State())

  func write(_ text: String, to stream: TextStream) {
    state.withLock { $0.write(text, to: stream) }
  }

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    let id = state.withLock { state in
      state.displayCount += 1
      state.show(bundle.plainText, id: state.displayCount)
      return state.displayCount
    }
    return Display(id: id, output: self)
  }

  func result(_ value: Value) {
    let text = value.display().plainText
    state.withLock { $0.writeBlock(text) }
  }

  func page(_ bundle: [String: JSONValue]) {
    state.withLock { $0.writeBlock(bundle.plainText) }
  }

  func clear(wait: Bool) {
    state.withLock { state in
      state.clearsBeforeNext = true
      if !wait { state.write("") }
    }
  }

  func error(_ error: CellError) {
    let isTerminal = StandardStreams.isTerminal(.standardError)
    state.withLock { state in
      // An interrupted line ends with the `^C` that the terminal has echoed.
      if isTerminal, state.cursor.column > 0 || error.kind == .interrupted { state.write("\n") }
      state.write(error.text(isColoured: isTerminal) + "\n", to: .standardError)
    }
  }

  func finishCell() {
    state.withLock { state in
      for (_, text) in state.outdated.sorted(by: { $0.key < $1.key }) { state.writeBlock(text) }
      if state.cursor.column > 0 { state.write("\n") }
      state = State()
    }
  }

  func readLine(prompt: String, isPassword: Bool) throws -> String {
    write("", to: .standardOutput)
    let line = try TerminalInput.readLine(prompt: prompt, isPassword: isPassword)
    // The terminal echoed the line and its end.
    state.withLock { $0.cursor.advance(over: prompt + line + "\n") }
    return line
  }

  private struct Display: UpdatableDisplay {
    let id: Int
    let output: TerminalOutput

    func update(_ bundle: [String: JSONValue]) {
      output.state.withLock { $0.update(id, bundle.plainText) }
    }
  }
}

extension TerminalOutput.State {
  fileprivate mutating func write(_ text: String, to stream: TextStream = .standardOutput) {
    if clearsBeforeNext {
      clearsBeforeNext = false
      (last, outdated) = (nil, [:])
      StandardStreams.write(cursor.goBack(to: TerminalCursor()), to: .standardOutput)
    }
    if stream == .standardOutput || StandardStreams.isTerminal(.standardError) {
      cursor.advance(over: text)
    }
    StandardStreams.write(text, to: stream)
  }

  /// Writes text on lines of its own.
  fileprivate mutating func writeBlock(_ text: String) {
    write("")
    write((cursor.column > 0 ? "\n" : "") + text + "\n")
  }

  fileprivate mutating func show(_ text: String, id: Int) {
    write("")
    if cursor.column > 0 { write("\n") }
    let start = cursor
    write(text + "\n")
    last = TerminalOutput.Shown(id: id, start: start, end: cursor)
  }

  fileprivate mutating func update(_ id: Int, _ text: String) {
    guard let last, last.id == id, last.end == cursor, cursor.canGoBack(to: last.start) else {
      outdated[id] = text
      return
    }
    // One write for both, against flicker.
    let back = cursor.goBack(to: last.start)
    StandardStreams.write(back + text + "\n", to: .standardOutput)
    cursor.advance(over: text + "\n")
    outdated[id] = nil
    self.last = TerminalOutput.Shown(id: id, start: last.start, end: cursor)
  }
}
