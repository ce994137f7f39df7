import CommandLanguage
import JSONValue
import Synchronization

/// An output that keeps what it is given, and answers questions from a list.
final class RecordingOutput: CommandOutput {
  enum Event: Equatable {
    case text(String, TextStream)
    case display([String: JSONValue])
    case update([String: JSONValue])
    case clear(wait: Bool)
    case page([String: JSONValue])
  }

  struct Display: UpdatableDisplay {
    let output: RecordingOutput
    func update(_ bundle: [String: JSONValue]) { output.record(.update(bundle)) }
  }

  private let recorded = Mutex<[Event]>([])
  private let answers: Mutex<[String]>

  init(answers: [String] = []) { self.answers = Mutex(answers) }

  var events: [Event] { recorded.withLock { $0 } }

  /// The text of one stream.
  func text(of stream: TextStream = .standardOutput) -> String {
    events.map { event in
      if case .text(let text, stream) = event { text } else { "" }
    }.joined()
  }

  /// The texts of what was displayed.
  var displays: [String] {
    events.compactMap { event in
      if case .display(let bundle) = event { bundle["text/plain"]?.string } else { nil }
    }
  }

  private func record(_ event: Event) { recorded.withLock { $0.append(event) } }

  func write(_ text: String, to stream: TextStream) { record(.text(text, stream)) }

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    record(.display(bundle))
    return Display(output: self)
  }

  func clear(wait: Bool) { record(.clear(wait: wait)) }
  func page(_ bundle: [String: JSONValue]) { record(.page(bundle)) }

  func readLine(prompt: String, isPassword: Bool) throws -> String {
    try answers.withLock { answers in
      guard !answers.isEmpty else { throw NobodyAnswers() }
      return answers.removeFirst()
    }
  }

  struct NobodyAnswers: CommandFailure {
    let message = "there is nobody to ask"
    let help: String? = "run this in a notebook"
  }
}

extension Session {
  /// Runs a cell and gives the text of its result, or of its error.
  func answer(_ source: String, number: Int = 1, output: RecordingOutput = RecordingOutput()) -> String {
    do {
      return try execute(cell: source, number: number, output: output)?.debugText ?? ""
    } catch {
      return DiagnosticRenderer().text(of: error)
    }
  }
}
