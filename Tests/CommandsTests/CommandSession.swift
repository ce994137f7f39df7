import CommandLanguage
import Commands
import JSONValue
import Synchronization

/// A session with Quill's commands whose output is kept.
final class CommandSession: CommandOutput {
  let session = Session(registry: .quill, limits: Limits(callDepth: 200, stackSize: 256 << 10))
  private let state = Mutex(State())

  private struct State {
    var text = ""
    var displays: [[String: JSONValue]] = []
    var updates = 0
    var number = 0
  }

  /// Everything printed so far.
  var text: String { state.withLock { $0.text } }
  /// What is shown now, one bundle for each display, in order.
  var displays: [[String: JSONValue]] { state.withLock { $0.displays } }
  /// How often a display was replaced.
  var updates: Int { state.withLock { $0.updates } }

  /// Runs a cell and returns its value as text.
  @discardableResult
  func run(_ cell: String, isCancelled: @escaping @Sendable () -> Bool = { false }) throws -> String {
    let number = state.withLock { state in
      state.number += 1
      return state.number
    }
    let value = try session.execute(cell: cell, number: number, output: self, isCancelled: isCancelled)
    return value?.display()["text/plain"]?.string ?? ""
  }

  /// The error of a cell as a student reads it.
  func error(of cell: String) -> String {
    do {
      try run(cell)
      return "no error"
    } catch let error as CellError {
      return DiagnosticRenderer().text(of: error)
    } catch {
      return "\(error)"
    }
  }

  func write(_ text: String, to stream: TextStream) { state.withLock { $0.text += text } }

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    let index = state.withLock { state in
      state.displays.append(bundle)
      return state.displays.count - 1
    }
    return Display(session: self, index: index)
  }

  func clear(wait: Bool) { state.withLock { $0.displays = [] } }
  func page(_ bundle: [String: JSONValue]) {}
  func readLine(prompt: String, isPassword: Bool) throws -> String { "" }

  private struct Display: UpdatableDisplay {
    let session: CommandSession
    let index: Int

    func update(_ bundle: [String: JSONValue]) {
      session.state.withLock { state in
        state.displays[index] = bundle
        state.updates += 1
      }
    }
  }
}
