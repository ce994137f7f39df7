import CommandLanguage
import Foundation
import JSONValue
import Synchronization

/// Writes each output as a JSON object on a line of standard output, with every MIME type.
///
/// `{"type": "stream", "name": "stdout", "text": …}`, `{"type": "result", "data": {…}}`,
/// `{"type": "display", "id": 1, "data": {…}}`, the same with `"update": true` when a display is replaced,
/// `{"type": "page", "data": {…}}`, `{"type": "clear", "wait": false}` and
/// `{"type": "error", "name": …, "message": …, "traceback": …}`.
final class JSONLinesOutput: RunOutput {
  private let displayCount = Atomic(0)
  private let lock = Mutex<Void>(())

  func write(_ text: String, to stream: TextStream) {
    write("stream", ["name": .string(stream.rawValue), "text": .string(text)])
  }

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    let id = displayCount.add(1, ordering: .relaxed).newValue
    write("display", ["id": .integer(id), "data": .object(bundle)])
    return Display(id: id, output: self)
  }

  func result(_ value: Value) { write("result", ["data": .object(value.display())]) }

  func page(_ bundle: [String: JSONValue]) { write("page", ["data": .object(bundle)]) }

  func clear(wait: Bool) { write("clear", ["wait": .bool(wait)]) }

  func error(_ error: CellError) {
    write(
      "error",
      [
        "name": .string(error.kind.rawValue), "message": .string(error.message),
        "traceback": .string(DiagnosticRenderer().text(of: error)),
      ])
  }

  func finishCell() {}

  func readLine(prompt: String, isPassword: Bool) throws -> String {
    try TerminalInput.readLine(prompt: prompt, isPassword: isPassword, promptTo: .standardError)
  }

  private func write(_ type: String, _ members: [String: JSONValue]) {
    let line = JSONValue.object(members.merging(["type": .string(type)]) { $1 }).serialized()
    lock.withLock { _ in StandardStreams.write(line + Data("\n".utf8), to: .standardOutput) }
  }

  private struct Display: UpdatableDisplay {
    let id: Int
    let output: JSONLinesOutput

    func update(_ bundle: [String: JSONValue]) {
      output.write("display", ["id": .integer(id), "data": .object(bundle), "update": true])
    }
  }
}
