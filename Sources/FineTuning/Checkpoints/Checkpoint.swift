import JSONValue
import LanguageModels
import ModelFiles

/// A training as it was written down: everything but the frozen weights and the rows.
///
/// Rows, dropout and noise of a step follow from the seed and the number of the step, so these two are all the random
/// state and the place in the data that there is.
///
/// | file | what |
/// |---|---|
/// | `adapter_config.json`, `adapter_model.safetensors` | the adapter, as PEFT reads it |
/// | `best/` | the best adapter so far, where the training is to end with it |
/// | `optimizer.safetensors` | what the optimizer remembers of each parameter |
/// | `trainer_state.json` | step, log, evaluations, as transformers reads them |
/// | `quill_state.json` | what transformers has no field for |
/// | `training_args.json` | the options, and what the weights and rows were |
package struct Checkpoint: Sendable {
  static let stateFile = "trainer_state.json"
  static let ownStateFile = "quill_state.json"
  static let optionsFile = "training_args.json"
  static let optimizerFile = "optimizer.safetensors"
  static let bestFolder = "best"

  /// The checkpoint's own folder.
  package let path: String
  /// The options of the training; it goes on writing checkpoints beside this one.
  package let options: TrainingOptions
  /// Whether there were rows to judge the model by.
  package var hasValidation: Bool { validation.count > 0 }
  /// Optimizer steps that were done.
  package var step: Int { state.step }

  let state: TrainerState
  let base: BaseFingerprint
  let rows: Rows
  let validation: Rows

  /// By what rows are known again.
  struct Rows: Sendable, Hashable {
    let count: Int
    let fingerprint: String

    init(_ rows: [TrainingRow]) {
      count = rows.count
      fingerprint = Fingerprint(of: rows).text
    }

    fileprivate init(count: Int, fingerprint: String) {
      self.count = count
      self.fingerprint = fingerprint
    }
  }

  /// Reads a checkpoint.
  ///
  /// - Parameter path: Its folder, or one that holds several, of which the one of the highest step is read.
  /// - Throws: ``CheckpointError``, ``FileError``.
  package init(_ path: String) throws {
    self.path = try CheckpointFolder.find(path)
    let fields = try CheckpointFields(Self.optionsFile, in: self.path)
    var options = try TrainingOptions(fields)
    options.output = Self.parent(of: self.path)
    self.options = options
    base = BaseFingerprint(weights: try fields.texts("base_weights"))
    rows = Rows(count: try fields.count("row_count"), fingerprint: try fields.string("rows"))
    validation = Rows(count: try fields.count("validation_count"), fingerprint: try fields.string("validation"))
    state = try TrainerState(
      CheckpointFields(Self.stateFile, in: self.path), own: CheckpointFields(Self.ownStateFile, in: self.path))
  }

  private static func parent(of path: String) -> String {
    let parts = path.split(separator: "/")
    let parent = parts.dropLast().joined(separator: "/")
    return path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
  }

  /// `training_args.json` of a training.
  static func optionsJSON(
    _ options: TrainingOptions, base: BaseFingerprint, rows: Rows, validation: Rows
  ) -> JSONValue {
    guard case .object(let members) = options.json else { return .null }
    return .object(
      members.merging([
        "base_weights": .object(base.weights.mapValues { .string($0) }), "row_count": .integer(rows.count),
        "rows": .string(rows.fingerprint), "validation_count": .integer(validation.count),
        "validation": .string(validation.fingerprint),
      ]) { $1 })
  }
}
