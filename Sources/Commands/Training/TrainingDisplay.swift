import CommandLanguage
import Figures
import FineTuning
import Foundation
import JSONValue

/// What a training shows while it runs: a progress line with the last steps, and the loss chart, both in place.
final class TrainingDisplay {
  private let value: TrainerValue
  private let output: any CommandOutput
  private var progress: (any UpdatableDisplay)?
  private var chart: (any UpdatableDisplay)?
  private var throttle = UpdateThrottle()
  private let start = ContinuousClock.now
  private let stepsBefore: Int

  /// Steps in the table below the line.
  private static let shownSteps = 5

  init(_ value: TrainerValue, _ output: any CommandOutput) {
    self.value = value
    self.output = output
    stepsBefore = value.trainer.history.count
  }

  /// Shows the state of the training: at most a few times a second, and always when it ends.
  func show(_ state: ProgressView.State, target: Int) {
    guard throttle.admits(isForced: state != .running) else { return }
    update(&progress, with: view(state, target: target).mimeBundle())
    if value.trainer.history.count > 1 { update(&chart, with: value.chart(smoothing: 0.9).mimeBundle()) }
  }

  private func update(_ display: inout (any UpdatableDisplay)?, with bundle: [String: JSONValue]) {
    if let display { display.update(bundle) } else { display = output.display(bundle) }
  }

  private func view(_ state: ProgressView.State, target: Int) -> ProgressView {
    let history = value.trainer.history
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let done = history.count - stepsBefore
    var readings: [ProgressView.Reading] = []
    if let last = history.last {
      let recent = history.suffix(10)
      let rate = Double(recent.reduce(0) { $0 + $1.tokens }) / max(1e-9, recent.reduce(0) { $0 + $1.seconds })
      readings = [
        .init("loss", NumberText.fixed(last.loss, decimals: 3)), .init("speed", NumberText.tokensPerSecond(rate)),
      ]
    }
    let remaining = done > 0 ? elapsed / Double(done) * Double(target - history.count) : nil
    return ProgressView(
      title: "Training", state: state, step: history.count, steps: target, readings: readings, elapsed: elapsed,
      remaining: state == .running ? remaining : nil, log: log(history.suffix(Self.shownSteps)))
  }

  private func log(_ records: ArraySlice<StepRecord>) -> Table? {
    records.isEmpty ? nil : StepTable.table(Array(records))
  }
}

/// Optimizer steps as a table.
enum StepTable {
  static func table(_ records: [StepRecord]) -> Table {
    Table(
      columns: [
        Table.Column("step"), Table.Column("epoch", format: .fixed(2)), Table.Column("loss", format: .fixed(4)),
        Table.Column("gradient norm", format: .fixed(3)), Table.Column("learning rate", format: .significant(3)),
        Table.Column("tokens"), Table.Column("time", unit: "s", format: .fixed(2)),
      ],
      rows: records.map { record in
        [
          .integer(record.step), .number(record.epoch), .number(record.loss), .number(record.gradientNorm),
          .number(record.learningRate), .integer(record.tokens), .number(record.seconds),
        ]
      })
  }
}
