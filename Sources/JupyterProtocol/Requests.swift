import JSONValue

/// `execute_request`: run a cell.
public struct ExecuteRequest: Sendable, Equatable {
  public var code: String
  /// Run it quietly: publish nothing, store nothing.
  public var isSilent: Bool
  /// Whether the cell goes into the history and gets an execution count of its own.
  ///
  /// Never for a silent one.
  public var storesHistory: Bool
  /// Expressions to evaluate once the cell has succeeded, by a name of the front end's choice.
  public var userExpressions: [String: String]
  /// Whether the front end can ask the person for input.
  public var allowsInput: Bool
  /// Whether an error in this cell aborts the cells that wait behind it.
  public var stopsOnError: Bool

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    let fields = ContentFields(content, of: "execute_request")
    code = try fields.string("code")
    isSilent = try fields.bool("silent", default: false)
    storesHistory = try fields.bool("store_history", default: true)
    allowsInput = try fields.bool("allow_stdin", default: true)
    stopsOnError = try fields.bool("stop_on_error", default: true)
    if isSilent { storesHistory = false }
    userExpressions = [:]
    let expressions = try fields.object("user_expressions")
    let expressionFields = ContentFields(expressions, of: "user_expressions")
    for name in expressions.keys { userExpressions[name] = try expressionFields.string(name) }
  }
}

/// `complete_request`: what could stand at the cursor.
public struct CompleteRequest: Sendable, Equatable {
  public var code: String
  /// In Unicode code points from the start of `code`, at most its length.
  public var cursor: Int

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    let fields = ContentFields(content, of: "complete_request")
    code = try fields.string("code")
    cursor = try fields.cursor(in: code)
  }
}

/// `inspect_request`: what is known about the thing at the cursor.
public struct InspectRequest: Sendable, Equatable {
  public var code: String
  /// In Unicode code points from the start of `code`, at most its length.
  public var cursor: Int
  /// 0 for a short description, 1 for everything (`x??` in IPython).
  public var detail: Int

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    let fields = ContentFields(content, of: "inspect_request")
    code = try fields.string("code")
    cursor = try fields.cursor(in: code)
    detail = try fields.integer("detail_level") ?? 0
  }
}

/// `is_complete_request`: whether Enter should run the code or begin another line.
public struct IsCompleteRequest: Sendable, Equatable {
  public var code: String

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    code = try ContentFields(content, of: "is_complete_request").string("code")
  }
}

/// `shutdown_request`: end the kernel, perhaps to start it again.
public struct ShutdownRequest: Sendable, Equatable {
  public var restarts: Bool

  public init(_ content: [String: JSONValue]) throws(ContentError) {
    restarts = try ContentFields(content, of: "shutdown_request").bool("restart", default: false)
  }
}

extension ContentFields {
  /// The cursor position of a request, the end of the code by default and at most.
  fileprivate func cursor(in code: String) throws(ContentError) -> Int {
    let length = code.unicodeScalars.count
    return min(max(0, try integer("cursor_pos") ?? length), length)
  }
}
