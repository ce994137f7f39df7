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
    /// The number of this session; `nil` until the file has been read.
    var session: Int?
    /// The cells of earlier sessions.
    var earlier: [Entry] = []
    /// The cells of this session, and how many of them are in the file.
    var current: [Entry] = []
    var savedCount = 0

    /// Reads the earlier sessions, once, and gives this one its number.
    mutating func open() -> Int {
      if let session { return session }
      let opened = file?.open() ?? (session: 1, entries: [])
      earlier = opened.entries
      session = opened.session
      for index in current.indices { current[index].session = opened.session }
      return opened.session
    }
  }

  private let state: Mutex<State>

  /// - Parameter file: JSON Lines, shared by all kernels of a person; `nil` to forget everything at the end.
  init(file: URL?, logger: Logger) {
    state = Mutex(State(file: file.map { HistoryFile(url: $0, logger: logger) }))
  }

  /// Takes a cell into memory.
  ///
  /// The file waits for ``save()``, so that neither start nor reply waits for the disk.
  func append(line: Int, input: String, output: String?) {
    state.withLock { state in
      state.current.append(Entry(session: state.session ?? 0, line: line, input: input, output: output))
    }
  }

  /// Writes what is new to the file.
  func save() {
    state.withLock { state in
      guard let file = state.file, state.savedCount < state.current.count else { return }
      _ = state.open()
      file.append(Array(state.current[state.savedCount...]))
      state.savedCount = state.current.count
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
      let current = state.open()
      let all = state.earlier + state.current
      switch selection {
      case .tail(let count):
        return Array(all.suffix(max(0, count)))
      case .range(let session, let start, let stop):
        // Zero and below count back from the current session.
        let wanted = session <= 0 ? current + session : session
        return all.filter { $0.session == wanted && $0.line >= start && $0.line < stop ?? .max }
      case .search(let pattern, let count, let unique):
        var found = all.filter { GlobPattern(pattern).matches($0.input) }
        if unique { found = Self.latestOfEachInput(found) }
        return count.map { Array(found.suffix(max(0, $0))) } ?? found
      }
    }
  }

  private static func latestOfEachInput(_ entries: [Entry]) -> [Entry] {
    var seen: Set<String> = []
    return Array(entries.reversed().filter { seen.insert($0.input).inserted }.reversed())
  }
}
