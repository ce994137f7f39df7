import Figures
import FineTuning

/// Where a training stands, and the figures of it.
struct TrainingSnapshot: Sendable {
  let state: ProgressView.State
  let stepsDone: Int
  /// The steps that this call runs to.
  let target: Int
  let totalSteps: Int
  let history: [StepRecord]
  let evaluations: [Evaluation]

  /// Rows of the table below the line: the last of the log, and the last with an evaluation.
  private static let shownRows = 5

  var chart: LossChart { .of(history, evaluations, plannedSteps: totalSteps, smoothing: 0.9) }

  /// - Parameters:
  ///   - first: Steps that were done before.
  ///   - elapsed: Seconds since then.
  func progress(since first: Int, elapsed: Double) -> ProgressView {
    var readings: [ProgressView.Reading] = []
    if let last = history.last {
      let recent = history.suffix(10)
      let rate = Double(recent.reduce(0) { $0 + $1.tokens }) / max(1e-9, recent.reduce(0) { $0 + $1.seconds })
      readings = [
        .init("loss", NumberText.fixed(last.loss, decimals: 3)), .init("speed", NumberText.tokensPerSecond(rate)),
      ]
    }
    if let last = evaluations.last {
      readings.append(.init("validation loss", NumberText.fixed(last.loss, decimals: 3)))
      readings.append(.init("accuracy", NumberText.percent(last.tokenAccuracy)))
    }
    let done = stepsDone - first
    let remaining = done > 0 ? elapsed / Double(done) * Double(target - stepsDone) : nil
    return ProgressView(
      title: "Training", state: state, step: stepsDone, steps: target, readings: readings, elapsed: elapsed,
      remaining: state == .running ? remaining : nil, log: log)
  }

  private var log: Table? {
    guard !history.isEmpty else { return nil }
    let judged = evaluations.suffix(Self.shownRows).map(\.step)
    let shown = history.suffix(Self.shownRows).map(\.step)
    return StepTable.table(
      history.filter { shown.contains($0.step) || judged.contains($0.step) }, evaluations)
  }
}

/// Rows of a training's log as a table, with what the validation rows said.
enum StepTable {
  static func table(_ records: [StepRecord], _ evaluations: [Evaluation]) -> Table {
    let judged = Dictionary(evaluations.map { ($0.step, $0) }) { $1 }
    let columns = [
      Table.Column("step"), Table.Column("epoch", format: .fixed(2)), Table.Column("loss", format: .fixed(4)),
      Table.Column("gradient norm", format: .fixed(3)), Table.Column("learning rate", format: .significant(3)),
      Table.Column("tokens"), Table.Column("time", unit: "s", format: .fixed(2)),
    ]
    return Table(
      columns: columns + (evaluations.isEmpty ? [] : judgement),
      rows: records.map { record in
        let row: [Table.Value] = [
          .integer(record.step), .number(record.epoch), .number(record.loss), .number(record.gradientNorm),
          .number(record.learningRate), .integer(record.tokens), .number(record.seconds),
        ]
        return row + (evaluations.isEmpty ? [] : cells(judged[record.step]))
      })
  }

  private static let judgement = [
    Table.Column("validation loss", format: .fixed(4)), Table.Column("perplexity", format: .fixed(2)),
    Table.Column("tokens right", format: .percent(1)), Table.Column("rows right", format: .percent(1)),
  ]

  private static func cells(_ evaluation: Evaluation?) -> [Table.Value] {
    guard let evaluation else { return [.missing, .missing, .missing, .missing] }
    return [
      .number(evaluation.loss), .number(evaluation.perplexity), .number(evaluation.tokenAccuracy),
      .number(evaluation.accuracy),
    ]
  }
}
