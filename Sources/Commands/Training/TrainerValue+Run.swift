import CommandLanguage
import Figures
import FineTuning

extension TrainerValue {
  /// Does what is left to do until so many steps are done in all, and shows how it goes.
  ///
  /// - Throws: `Interruption`; the next call goes on.
  func run(to target: Int, _ call: Invocation) throws -> RunValue {
    let display = TrainingDisplay(call.output)
    var saved: [Int] = []
    do {
      display.show(snapshot(.running, target: target))
      while let event = try next(to: target, call) {
        if case .saved = event { saved.append(trainer.stepsDone) }
        report(event, call)
        display.show(snapshot(.running, target: target))
      }
      display.finish(snapshot(.finished, target: target))
    } catch is CancellationError {
      display.finish(snapshot(.interrupted, target: target))
      throw Interruption()
    } catch {
      display.finish(snapshot(.failed, target: target))
      throw error
    }
    if !saved.isEmpty {
      let steps = saved.map { String($0) }.joined(separator: ", ")
      call.output.write("Checkpoints of step \(steps) in \(trainer.options.output).\n", to: .standardOutput)
    }
    return RunValue(self)
  }

  /// One optimizer step and what is due after it.
  func step(_ call: Invocation) throws -> StepRecord {
    while let event = try trainer.finishStep(isCancelled: call.isCancelled) { report(event, call) }
    guard !trainer.isFinished else { throw TrainingIsOver(steps: trainer.stepsDone) }
    let record = try trainer.step(isCancelled: call.isCancelled)
    while let event = try trainer.finishStep(isCancelled: call.isCancelled) { report(event, call) }
    return record
  }

  /// Writes down what was done so far, and says how to go on.
  func keep(_ call: Invocation) {
    guard trainer.stepsDone > 0 else { return }
    do {
      let path = try trainer.save()
      call.output.write(
        "Step \(NumberText.count(trainer.stepsDone)) is in \(path): resuming(from: \"\(path)\", on: …) goes on.\n",
        to: .standardOutput)
    } catch {
      report(.saveFailed(step: trainer.stepsDone, error: error), call)
    }
  }

  private func next(to target: Int, _ call: Invocation) throws -> TrainingEvent? {
    if trainer.stepsDone < target { return try trainer.advance(isCancelled: call.isCancelled) }
    return try trainer.finishStep(isCancelled: call.isCancelled)
  }

  /// Tells what the figures do not show.
  private func report(_ event: TrainingEvent, _ call: Invocation) {
    switch event {
    case .step, .evaluation, .saved: break
    case .saveFailed(let step, let error):
      let failure = error as? any CommandFailure
      call.output.write(
        "error: the checkpoint of step \(step) was not written: \(failure?.message ?? "\(error)")\n"
          + "  help: \(failure?.help ?? "look at the folder \(trainer.options.output)")\n",
        to: .standardError)
    case .restoredBest(let step):
      let end = trainer.hasStoppedEarly ? "Stopped early: the validation loss no longer fell. " : ""
      call.output.write(
        "\(end)The adapter is that of step \(step), whose validation loss was the least.\n", to: .standardOutput)
    }
  }

  /// What the figures show now.
  private func snapshot(_ state: ProgressView.State, target: Int) -> TrainingSnapshot {
    TrainingSnapshot(
      state: state, stepsDone: trainer.stepsDone, target: target, totalSteps: trainer.totalSteps,
      history: trainer.history, evaluations: trainer.evaluations)
  }
}

/// A trainer has done all its steps.
struct TrainingIsOver: CommandFailure {
  let steps: Int
  var message: String { "this training is over after \(steps) steps" }
  var help: String? { "make another trainer with more epochs or steps" }
}
