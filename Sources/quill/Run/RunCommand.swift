import ArgumentParser
import CommandLanguage
import Commands
import Foundation

/// `quill run`: the cells of a file in a terminal or in CI.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run cells in a terminal: their results on stdout, errors on stderr.",
    discussion: """
      A file may hold several cells, separated by lines that begin with '// %%'; '-' reads standard input. The exit \
      status is 1 after an error and 130 after an interrupt; the cells behind it do not run.
      """)

  @Argument(help: ArgumentHelp("A file of cells.", valueName: "file"))
  var file: String?

  @Option(name: .customShort("e"), help: ArgumentHelp("The text of a cell, instead of a file.", valueName: "code"))
  var code: String?

  @Flag(help: "Write one JSON object a line for each output, with every MIME type.")
  var json = false

  func validate() throws {
    if (file == nil) == (code == nil) {
      throw ValidationError("one of a file and -e 'code' is needed")
    }
  }

  func run() throws {
    let cells = try CellSource.cells(of: text(), from: code == nil ? file ?? "" : nil)
    let output = output
    InterruptSignal.install()
    // The interpreter's recursion needs more stack than a main thread has.
    let status = EvaluationThread.run {
      CellRunner(session: Session(registry: .quill, limits: .evaluationThread), output: output).run(cells)
    }
    // Not `exit`, for the sake of threads that may still run.
    _exit(status)
  }

  private var output: any RunOutput {
    if json { return JSONLinesOutput() }
    return StandardStreams.isTerminal(.standardOutput) ? TerminalOutput() : PipeOutput()
  }

  private func text() throws -> String {
    if let code { return code }
    guard let file else { return "" }
    do {
      let data =
        try file == "-" ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(fileURLWithPath: file))
      guard let text = String(data: data, encoding: .utf8) else { throw RunFailure.notUTF8(path: file) }
      return text
    } catch let failure as RunFailure {
      throw failure
    } catch {
      throw RunFailure.unreadable(path: file, reason: error.localizedDescription)
    }
  }
}

/// Why there are no cells to run.
enum RunFailure: Error, CustomStringConvertible {
  case unreadable(path: String, reason: String)
  case notUTF8(path: String)

  var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read '\(path)': \(reason)"
    case .notUTF8(let path): "'\(path)' is not UTF-8 text"
    }
  }
}
