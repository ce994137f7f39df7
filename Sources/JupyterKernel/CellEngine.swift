import Foundation
import JSONValue
import JupyterProtocol

/// A value in several forms, keyed by MIME type: text as a string, PNG as a base64 string, JSON as itself.
public typealias MIMEBundle = [String: JSONValue]

/// What runs the cells: the only thing that a kernel knows of its language.
///
/// `execute`, `evaluate`, `shutDown` and the comm functions are called on the kernel's one evaluation thread, one after another.
/// `complete`, `inspect` and `isComplete` are called on another thread, also while a cell runs, so that a front end never
/// waits for a running cell; an engine guards what they share. Only `execute` has no default.
public protocol CellEngine: AnyObject, Sendable {
  /// What `kernel_info_reply` says.
  var languageInformation: LanguageInformation { get }

  /// Runs a cell to its end.
  ///
  /// - Parameters:
  ///   - output: Where everything goes that the cell shows; any thread may use it until `execute` returns.
  ///   - cancellation: Becomes true when the person interrupts the cell. To be looked at often, 10 times a second or more.
  /// - Returns: How the cell ended. The kernel publishes errors; the engine does not.
  func execute(_ cell: Cell, output: any CellOutput, cancellation: CancellationFlag) -> CellOutcome

  /// Evaluates one of the `user_expressions` of a request, after its cell has succeeded.
  func evaluate(_ expression: String, cancellation: CancellationFlag) throws(CellError) -> MIMEBundle

  /// What could stand at the cursor, which is given in Unicode code points.
  func complete(_ code: String, cursor: Int) -> Completions

  /// What is known about the thing at the cursor, or `nil` when nothing is.
  ///
  /// - Parameter detail: 0 for a short description, 1 for everything.
  func inspect(_ code: String, cursor: Int, detail: Int) -> MIMEBundle?

  /// Whether the code is a whole cell.
  func isComplete(_ code: String) -> Completeness

  /// A front end opened a comm. Returning false refuses it, and the kernel closes it again.
  func commOpened(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) -> Bool

  /// A message came over an open comm, such as the new value of a slider.
  func commReceived(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag)

  /// A front end closed a comm.
  func commClosed(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag)

  /// The kernel ends, after the last cell.
  ///
  /// - Parameter restarts: Whether a front end will start it anew.
  func shutDown(restarts: Bool)
}

extension CellEngine {
  public func evaluate(_ expression: String, cancellation: CancellationFlag) throws(CellError) -> MIMEBundle {
    throw CellError(name: "Unsupported", message: "this kernel evaluates no user expressions")
  }

  public func complete(_ code: String, cursor: Int) -> Completions {
    Completions(matches: [], replacing: cursor..<cursor)
  }
  public func inspect(_ code: String, cursor: Int, detail: Int) -> MIMEBundle? { nil }
  public func isComplete(_ code: String) -> Completeness { .unknown }
  public func commOpened(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag)
    -> Bool
  { false }
  public func commReceived(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) {
  }
  public func commClosed(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) {}
  public func shutDown(restarts: Bool) {}
}
