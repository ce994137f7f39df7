import CommandLanguage

/// Where `quill run` writes: the output of commands, and what becomes of a cell.
protocol RunOutput: CommandOutput {
  /// Shows the value of a cell.
  func result(_ value: Value)

  /// Shows why a cell stopped.
  func error(_ error: CellError)

  /// The cell is over: nothing of it changes any more.
  func finishCell()
}

/// Runs cells one after another until one fails.
struct CellRunner {
  let session: Session
  let output: any RunOutput

  /// Returns the exit status: 0, 1 after an error, 130 after an interrupt.
  func run(_ cells: [CellSource]) -> Int32 {
    for cell in cells {
      defer { output.finishCell() }
      do throws(CellError) {
        let value = try session.execute(
          cell.text, named: cell.name, output: output, isCancelled: { InterruptSignal.hasArrived })
        if let value { output.result(value) }
      } catch {
        output.error(error)
        return error.kind == .interrupted ? 130 : 1
      }
    }
    return 0
  }
}
