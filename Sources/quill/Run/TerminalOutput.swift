import CommandLanguage
import JSONValue
import Synchronization

/// Writes the text forms of outputs to a terminal, and replaces displays in place while they are the last things there.
///
/// A display that has scrolled up, or that other text stands below, is shown again when its cell ends.
final class TerminalOutput: RunOutput {
  fileprivate struct Shown {
    let id: Int
    var text: String
    var start: TerminalCursor
  }

  fileprivate struct State {
    var cursor = TerminalCursor()
    /// The displays at the bottom, with nothing between them.
    var bottom: [Shown] = []
    /// Where the cursor stands behind them, if nothing was written since.
    var end = TerminalCursor()
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
      (bottom, outdated) = ([], [:])
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
    if end != cursor { bottom = [] }
    bottom.append(TerminalOutput.Shown(id: id, text: text, start: cursor))
    write(text + "\n")
    end = cursor
  }

  fileprivate mutating func update(_ id: Int, _ text: String) {
    let place = bottom.firstIndex { $0.id == id }
    guard let place, end == cursor, cursor.canGoBack(to: bottom[place].start) else {
      outdated[id] = text
      return
    }
    bottom[place].text = text
    // One write for all that changes or moves, against flicker.
    var output = cursor.goBack(to: bottom[place].start)
    for index in place..<bottom.count {
      bottom[index].start = cursor
      cursor.advance(over: bottom[index].text + "\n")
      output += bottom[index].text + "\n"
    }
    StandardStreams.write(output, to: .standardOutput)
    (end, outdated[id]) = (cursor, nil)
  }
}
