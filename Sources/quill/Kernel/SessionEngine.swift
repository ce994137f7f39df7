import CommandLanguage
import Commands
import JSONValue
import JupyterKernel
import JupyterProtocol

/// A session of the command language as the engine of a kernel.
///
/// Cells run one after another on the evaluation thread; completion, inspection and `isComplete` come from another
/// thread meanwhile, which a `Session` allows.
final class SessionEngine: CellEngine {
  let languageInformation = LanguageInformation.quill
  private let session = Session(registry: .quill, limits: .evaluationThread)

  // MARK: - Cells

  func execute(_ cell: Cell, output: any CellOutput, cancellation: CancellationFlag) -> CellOutcome {
    do throws(CommandLanguage.CellError) {
      let value = try session.execute(
        cell: cell.code, number: cell.executionCount, output: KernelOutput(output),
        isCancelled: { cancellation.isCancelled })
      if let value { output.result(value.display()) }
      return .ok
    } catch {
      return error.kind == .interrupted ? .interrupted : .error(JupyterKernel.CellError(error))
    }
  }

  func evaluate(_ expression: String, cancellation: CancellationFlag) throws(JupyterKernel.CellError) -> MIMEBundle {
    let value: Value?
    do throws(CommandLanguage.CellError) {
      value = try session.execute(
        expression, named: "expression", output: DiscardedOutput(), isCancelled: { cancellation.isCancelled })
    } catch {
      throw JupyterKernel.CellError(error)
    }
    guard let value else { throw JupyterKernel.CellError(name: "Error", message: "the expression has no value") }
    return value.display()
  }

  // MARK: - Questions about code

  func complete(_ code: String, cursor: Int) -> Completions {
    let completion = session.complete(code, at: cursor)
    return Completions(
      matches: completion.matches.map { .init($0.text, type: $0.kind.rawValue, signature: $0.signature) },
      replacing: completion.range)
  }

  func inspect(_ code: String, cursor: Int, detail: Int) -> MIMEBundle? {
    session.inspect(code, at: cursor, detail: detail)
  }

  func isComplete(_ code: String) -> JupyterKernel.Completeness {
    switch session.isComplete(code) {
    case .complete: .complete
    case .incomplete(let indent): .incomplete(indent: indent)
    case .invalid: .invalid
    }
  }
}

extension Limits {
  /// For a thread with a stack of 256 MiB, as the kernel's evaluation thread and ``EvaluationThread`` have.
  ///
  /// A quarter is left for what commands need below the interpreter.
  static let evaluationThread = Limits(callDepth: 1000, stackSize: 192 << 20)
}

extension JupyterKernel.CellError {
  /// An error of the language as front ends show it: in colour, with the line and what to do next.
  init(_ error: CommandLanguage.CellError) {
    let text = DiagnosticRenderer(.bold).text(of: error)
    self.init(
      name: error.kind.rawValue, message: error.message,
      traceback: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
  }
}
