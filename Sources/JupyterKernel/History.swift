import Foundation
import JSONValue
import JupyterProtocol
import Logging
import Synchronization

/// The cells that ran, of this session and, with a file, of earlier ones.
final class History: Sendable {
  struct Entry: Sendable, Equatable {
    var session: Int
    /// The execution count.
    var line: Int
    var input: String
    /// The text form of the result.
    var output: String?
  }

  private struct State {
    var file: HistoryFile?
    /// `nil` until the file has been read, which waits for the first use so that the kernel starts without it.
    var session: Int?
    var entries: [Entry] = []
  }

  private let state: Mutex<State>

  /// - Parameter file: JSON Lines, shared by all kernels of a person; `nil` to forget everything at the end.
  init(file: URL?, logger: Logger) {
    state = Mutex(State(file: file.map { HistoryFile(url: $0, logger: logger) }))
  }

  func append(line: Int, input: String, output: String?) {
    state.withLock { state in
      let session = Self.open(&state)
      let entry = Entry(session: session, line: line, input: input, output: output)
      state.entries.append(entry)
      state.file?.append(entry)
    }
  }

  /// The content of `history_reply`.
  func reply(to request: HistoryRequest) -> [String: JSONValue] {
    let entries = entries(request.selection).map { entry -> JSONValue in
      let input = JSONValue.string(entry.input)
      let output = entry.output.map { JSONValue.string($0) } ?? .null
      return [.integer(entry.session), .integer(entry.line), request.wantsOutput ? [input, output] : input]
    }
    return ["status": "ok", "history": .array(entries)]
  }

  func entries(_ selection: HistoryRequest.Selection) -> [Entry] {
    state.withLock { state in
      let current = Self.open(&state)
      switch selection {
      case .tail(let count):
        return Array(state.entries.suffix(max(0, count)))
      case .range(let session, let start, let stop):
        // Zero and below count back from the current session.
        let wanted = session <= 0 ? current + session : session
        return state.entries.filter { $0.session == wanted && $0.line >= start && $0.line < stop ?? .max }
      case .search(let pattern, let count, let unique):
        var found = state.entries.filter { GlobPattern(pattern).matches($0.input) }
        if unique { found = Self.latestOfEachInput(found) }
        return count.map { Array(found.suffix(max(0, $0))) } ?? found
      }
    }
  }

  /// Reads the earlier sessions once and returns the number of this one.
  private static func open(_ state: inout State) -> Int {
    if let session = state.session { return session }
    let opened = state.file?.open() ?? (session: 1, entries: [])
    state.session = opened.session
    state.entries = opened.entries
    return opened.session
  }

  private static func latestOfEachInput(_ entries: [Entry]) -> [Entry] {
    var seen: Set<String> = []
    return Array(entries.reversed().filter { seen.insert($0.input).inserted }.reversed())
  }
}
