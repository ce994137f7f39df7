import LanguageModels
import TensorCore

/// What a training did last.
package enum TrainingEvent {
  case step(StepRecord)
  case evaluation(Evaluation)
  /// A checkpoint was written to this folder.
  case saved(path: String)
  /// A checkpoint could not be written; the training goes on and tries again when the next one is due.
  case saveFailed(step: Int, error: any Error)
  /// The training is over, and the adapter is the one that was best, after this step.
  case restoredBest(step: Int)
}

extension Trainer {
  /// Does the next thing: what is due after the last step, else one more step.
  ///
  /// An evaluation that was interrupted is done again first, so nothing depends on where a training was stopped.
  ///
  /// - Returns: `nil` when the training is over and nothing is due.
  /// - Throws: As ``step(isCancelled:)`` and ``evaluate(_:isCancelled:)``.
  package func advance(isCancelled: () -> Bool = { false }) throws -> TrainingEvent? {
    if let event = try finishStep(isCancelled: isCancelled) { return event }
    return isFinished ? nil : .step(try step(isCancelled: isCancelled))
  }

  /// Does one thing that is due after the last step: an evaluation, a checkpoint, and at the end the best adapter.
  ///
  /// - Returns: `nil` when nothing is due.
  /// - Throws: As ``evaluate(_:isCancelled:)``.
  package func finishStep(isCancelled: () -> Bool = { false }) throws -> TrainingEvent? {
    if isEvaluationDue {
      let evaluation = try evaluate(isCancelled: isCancelled)
      record(evaluation)
      return .evaluation(evaluation)
    }
    if isSaveDue {
      savedStep = stepsDone
      do {
        return .saved(path: try save())
      } catch {
        return .saveFailed(step: stepsDone, error: error)
      }
    }
    if isFinished, !hasBestAdapter, let bestAdapter, let best = progress.best, best.step != stepsDone {
      hasBestAdapter = true
      adapter.copy(from: bestAdapter)
      return .restoredBest(step: best.step)
    }
    return nil
  }

  private var isEvaluationDue: Bool {
    guard stepsDone > 0, !validation.isEmpty, evaluations.last?.step != stepsDone else { return false }
    return stepsDone >= totalSteps || options.evaluation?.isDue(at: stepsDone, of: totalSteps) == true
  }

  private var isSaveDue: Bool {
    guard stepsDone > savedStep, let saving = options.saving else { return false }
    return isFinished || saving.isDue(at: stepsDone, of: totalSteps)
  }
}

extension Adapter {
  /// Takes the numbers of an adapter of the same shape.
  fileprivate func copy(from other: Adapter) {
    for (matrix, source) in zip(AdapterGradients.matrices(of: pairs), AdapterGradients.matrices(of: other.pairs)) {
      matrix.view.copy(from: source.view)
    }
  }
}
