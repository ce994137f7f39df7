import CommandLanguage
import Figures
import FineTuning
import Foundation
import JSONValue

/// What a training shows while it runs: a progress line with the last steps, and the loss chart, both in place.
///
/// They are drawn on a thread of their own, and what cannot be drawn in time is left out: the trainer never waits for
/// its pictures.
final class TrainingDisplay: @unchecked Sendable {
  private let output: any CommandOutput
  private let interval = UpdateThrottle().interval / .seconds(1)
  /// Guards the three below, which are all that threads share.
  private let condition = NSCondition()
  private var next: TrainingSnapshot?
  private var isLast = false
  private var isDone = false

  init(_ output: any CommandOutput) {
    self.output = output
    let thread = Thread { [self] in draw() }
    thread.name = "training display"
    thread.start()
  }

  /// Shows the state of the training soon, unless a newer one comes first.
  func show(_ snapshot: TrainingSnapshot) {
    condition.withLock {
      next = snapshot
      condition.broadcast()
    }
  }

  /// Shows the last state, and waits until it is shown; every display ends with this.
  func finish(_ snapshot: TrainingSnapshot) {
    condition.withLock {
      next = snapshot
      isLast = true
      condition.broadcast()
      while !isDone { condition.wait() }
    }
  }

  private func draw() {
    var view = TrainingView(output)
    while let snapshot = takeNext() {
      view.show(snapshot)
      pause()
    }
    condition.withLock {
      isDone = true
      condition.broadcast()
    }
  }

  /// Waits for the next state; `nil` behind the last one.
  private func takeNext() -> TrainingSnapshot? {
    condition.withLock {
      while next == nil, !isLast { condition.wait() }
      defer { next = nil }
      return next
    }
  }

  /// Waits until another update may be shown, or the last one must be.
  private func pause() {
    let end = Date(timeIntervalSinceNow: interval)
    condition.withLock {
      while !isLast, condition.wait(until: end) {}
    }
  }
}

/// The two figures of a training, made when there is something to show.
private struct TrainingView {
  private let output: any CommandOutput
  private var progress: (any UpdatableDisplay)?
  private var chart: (any UpdatableDisplay)?
  private let start = ContinuousClock.now
  private var firstStep: Int?

  init(_ output: any CommandOutput) { self.output = output }

  mutating func show(_ snapshot: TrainingSnapshot) {
    let first = firstStep ?? snapshot.stepsDone
    firstStep = first
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    update(&progress, with: snapshot.progress(since: first, elapsed: elapsed).mimeBundle())
    if snapshot.history.count > 1 { update(&chart, with: snapshot.chart.mimeBundle()) }
  }

  private func update(_ display: inout (any UpdatableDisplay)?, with bundle: [String: JSONValue]) {
    if let display { display.update(bundle) } else { display = output.display(bundle) }
  }
}
