import CommandLanguage
import Foundation
import JSONValue
import JupyterKernel

/// The output of a command, sent to the front ends of a kernel.
struct KernelOutput: CommandOutput {
  private let output: any CellOutput

  init(_ output: any CellOutput) { self.output = output }

  func write(_ text: String, to stream: TextStream) {
    output.stream(text, to: stream == .standardError ? .stderr : .stdout)
  }

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    // Unique beyond this process: a notebook keeps the displays of earlier kernels, which must not be updated.
    let id = UUID().uuidString.lowercased()
    output.display(bundle, id: id)
    return KernelDisplay(id: id, output: output)
  }

  func clear(wait: Bool) { output.clearOutput(wait: wait) }

  func page(_ bundle: [String: JSONValue]) { output.page(bundle) }

  func readLine(prompt: String, isPassword: Bool) throws -> String {
    do throws(InputError) {
      return try output.input(prompt: prompt, isPassword: isPassword)
    } catch {
      switch error {
      case .interrupted: throw Interruption()
      case .notAllowed:
        throw NoInput(message: error.description, help: "run the cell in a front end with a person at it")
      }
    }
  }
}

/// A display in a front end.
private struct KernelDisplay: UpdatableDisplay {
  let id: String
  let output: any CellOutput

  func update(_ bundle: [String: JSONValue]) { output.updateDisplay(id, data: bundle) }
}

/// Why nobody answers a question.
struct NoInput: CommandFailure {
  let message: String
  let help: String?
}
