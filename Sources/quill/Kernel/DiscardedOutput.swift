import CommandLanguage
import JSONValue

/// Takes output and shows none of it, for expressions of which only the value is wanted.
struct DiscardedOutput: CommandOutput, UpdatableDisplay {
  func write(_ text: String, to stream: TextStream) {}
  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay { self }
  func update(_ bundle: [String: JSONValue]) {}
  func clear(wait: Bool) {}
  func page(_ bundle: [String: JSONValue]) {}

  func readLine(prompt: String, isPassword: Bool) throws -> String {
    throw NoInput(message: "an expression of a front end cannot ask for input", help: nil)
  }
}
