import JSONValue

/// A cell to run.
public struct Cell: Sendable {
  public var code: String
  /// The number in `[ ]` beside the cell.
  public var executionCount: Int
  /// Whether everything that the cell shows is thrown away.
  public var isSilent: Bool
  /// Whether the cell goes into the history.
  public var storesHistory: Bool
  /// The metadata of the request; JupyterLab puts `cellId` and `tags` there.
  public var metadata: [String: JSONValue]

  public init(
    code: String, executionCount: Int, isSilent: Bool = false, storesHistory: Bool = true,
    metadata: [String: JSONValue] = [:]
  ) {
    self.code = code
    self.executionCount = executionCount
    self.isSilent = isSilent
    self.storesHistory = storesHistory
    self.metadata = metadata
  }
}

/// How a cell ended.
public enum CellOutcome: Sendable, Equatable {
  case ok
  case error(CellError)
  /// The cell saw its cancellation flag and stopped.
  case interrupted
}

/// An error of a cell, as the front end shows it.
public struct CellError: Error, Equatable {
  /// The kind of error, such as `TypeError`.
  public var name: String
  /// One sentence.
  public var message: String
  /// What is shown, line by line; ANSI colours are allowed.
  ///
  /// `name: message` when empty.
  public var traceback: [String]

  public init(name: String, message: String, traceback: [String] = []) {
    self.name = name
    self.message = message
    self.traceback = traceback.isEmpty ? ["\(name): \(message)"] : traceback
  }

  /// The error of a cell that the person interrupted.
  public static let interrupted = CellError(name: "Interrupted", message: "the cell was interrupted")

  /// Its members in `error` messages and error replies.
  var content: [String: JSONValue] {
    ["ename": .string(name), "evalue": .string(message), "traceback": .array(traceback.map { .string($0) })]
  }
}
