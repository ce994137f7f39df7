import Foundation
import JSONValue

/// The two text streams of a cell.
public enum StandardStream: String, Sendable {
  case stdout
  case stderr
}

/// Where a cell's output goes: messages to front ends in a kernel, a terminal or an array elsewhere.
///
/// All functions may be called from any thread while the cell runs; what comes after its end is dropped.
public protocol CellOutput: AnyObject, Sendable {
  /// Writes text to a stream. The kernel gathers it and sends it some 15 times a second, so a call for each token is fine.
  func stream(_ text: String, to stream: StandardStream)

  /// Writes UTF-8 to a stream. A character may be spread over several calls; it is shown once it is whole.
  func stream(utf8 bytes: [UInt8], to stream: StandardStream)

  /// Shows a value. With an `id`, ``updateDisplay(_:data:metadata:)`` can replace it later.
  func display(_ data: MIMEBundle, metadata: [String: JSONValue], id: String?)

  /// Replaces a display that is shown already, wherever in the notebook that is.
  ///
  /// - Returns: False, and nothing happens, when no display has this id.
  @discardableResult
  func updateDisplay(_ id: String, data: MIMEBundle, metadata: [String: JSONValue]) -> Bool

  /// Shows the value of the cell, beside `Out[n]`.
  func result(_ data: MIMEBundle, metadata: [String: JSONValue])

  /// Removes what the cell has shown so far, at once or, to avoid flicker, when the next output comes.
  func clearOutput(wait: Bool)

  /// Shows text in the pager, after the cell.
  func page(_ data: MIMEBundle)

  /// Puts code into the next cell, or into this one.
  func setNextInput(_ code: String, replace: Bool)

  /// Asks the person for a line of text.
  ///
  /// - Throws: ``InputError``.
  func input(prompt: String, isPassword: Bool) throws(InputError) -> String

  /// Opens a comm to the front ends and returns its id.
  func openComm(_ target: String, message: CommMessage) -> String

  func sendComm(_ id: String, message: CommMessage)

  func closeComm(_ id: String, message: CommMessage)
}

/// Why there is no answer from the person.
public enum InputError: Error, Equatable {
  /// The front end cannot ask, as when a notebook is executed without one.
  case notAllowed
  /// The person interrupted the cell instead.
  case interrupted
}

extension InputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAllowed: "this front end does not allow a cell to ask for input"
    case .interrupted: "the cell was interrupted while it waited for input"
    }
  }
}

extension CellOutput {
  public func stream(utf8 bytes: [UInt8], to stream: StandardStream) {
    self.stream(String(decoding: bytes, as: UTF8.self), to: stream)
  }

  public func display(_ data: MIMEBundle) { display(data, metadata: [:], id: nil) }
  public func display(_ data: MIMEBundle, id: String) { display(data, metadata: [:], id: id) }
  public func result(_ data: MIMEBundle) { result(data, metadata: [:]) }

  @discardableResult
  public func updateDisplay(_ id: String, data: MIMEBundle) -> Bool { updateDisplay(id, data: data, metadata: [:]) }

  public func page(_ data: MIMEBundle) {
    if let text = data["text/plain"]?.string { stream(text + "\n", to: .stdout) }
  }

  public func clearOutput(wait: Bool) {}
  public func setNextInput(_ code: String, replace: Bool) {}
  public func input(prompt: String, isPassword: Bool) throws(InputError) -> String { throw .notAllowed }
  public func openComm(_ target: String, message: CommMessage) -> String { UUID().uuidString.lowercased() }
  public func sendComm(_ id: String, message: CommMessage) {}
  public func closeComm(_ id: String, message: CommMessage) {}
}
