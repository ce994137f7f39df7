import CommandLanguage
import Figures
import FineTuning

extension CheckpointError: CommandFailure {
  package var message: String {
    switch reason {
    case .noCheckpoint: "'\(path)' is no checkpoint, and there is none in it"
    case .missingFile(let file): "'\(path)' has no \(file)"
    case .notJSON(let file): "\(file) in '\(path)' is not JSON"
    case .field(let key, let file): "\(file) in '\(path)' has no '\(key)' that could be read"
    case .otherBase(let weight, let found?, let expected?):
      "'\(path)' was trained on other weights: '\(weight)' is \(found), and was \(expected)"
    case .otherBase(let weight, nil, _): "'\(path)' was trained on a model with '\(weight)', which this one lacks"
    case .otherBase(let weight, _, nil): "'\(path)' was trained on a model without '\(weight)', which this one has"
    case .otherRows(let kind, let found, let expected):
      found == expected
        ? "'\(path)' was trained with other \(kind.rawValue) rows, as many as these"
        : "'\(path)' was trained with \(NumberText.count(expected)) \(kind.rawValue) rows, not \(NumberText.count(found))"
    case .optimizer(let error): "optimizer.safetensors in '\(path)' does not fit the adapter: \(error.words)"
    case .otherSteps(let found, let expected):
      "'\(path)' is of a training of \(NumberText.count(expected)) steps, and these rows make \(NumberText.count(found))"
    }
  }

  package var help: String? {
    switch reason {
    case .noCheckpoint: "checkpoints are written by 'saveSteps:' or trainer.save(), in folders called checkpoint-N"
    case .missingFile, .notJSON, .field: "take an older checkpoint; Quill writes each of them whole or not at all"
    case .otherBase: "take the model that the adapter was attached to, quantized in the same way"
    case .otherRows(.training, _, _): "give the same rows in the same order: prefix(n), shuffled(seed:) as before"
    case .otherRows(.validation, _, let expected):
      expected > 0 ? "give the same rows: validation: …" : "leave 'validation' out: the training had none"
    case .optimizer: "the adapter or the optimizer's file was replaced: take an older checkpoint"
    case .otherSteps: "trainer_state.json was changed: take an older checkpoint"
    }
  }

  package var argument: String? {
    switch reason {
    case .otherRows(.training, _, _): "on"
    case .otherRows(.validation, _, _): "validation"
    default: "from"
    }
  }
}

extension OptimizerStateError {
  fileprivate var words: String {
    switch self {
    case .missing(let name): "'\(name)' is missing"
    case .unknown(let name): "'\(name)' belongs to nothing"
    case .type(let name, let found): "'\(name)' has the type \(found)"
    case .shape(let name, let found, let expected): "'\(name)' has the shape \(found), not \(expected)"
    }
  }
}
