import JSONValue

/// `history_request`: cells that ran earlier.
public struct HistoryRequest: Sendable, Equatable {
  public enum Selection: Sendable, Equatable {
    /// The last `count` cells, of all sessions.
    case tail(count: Int)
    /// Lines `start..<stop` of one session; session 0 is the current one, -1 the one before it. No `stop` means to the end.
    case range(session: Int, start: Int, stop: Int?)
    /// The last `count` cells (all without one) whose code matches a pattern of `*` and `?`.
    case search(pattern: String, count: Int?, unique: Bool)
  }

  public var selection: Selection
  /// Whether to return pairs of input and output instead of inputs.
  public var wantsOutput: Bool

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    let fields = ContentFields(content, of: "history_request")
    wantsOutput = try fields.bool("output", default: false)
    let kind = try fields.string("hist_access_type", default: "tail")
    switch kind {
    case "tail":
      selection = .tail(count: try fields.integer("n") ?? 10)
    case "range":
      selection = .range(
        session: try fields.integer("session") ?? 0, start: try fields.integer("start") ?? 1,
        stop: try fields.integer("stop"))
    case "search":
      selection = .search(
        pattern: try fields.string("pattern", default: "*"), count: try fields.integer("n"),
        unique: try fields.bool("unique", default: false))
    default:
      throw .wrongKind(
        field: "hist_access_type", part: "history_request", expected: "tail, range or search", found: "'\(kind)'")
    }
  }
}
