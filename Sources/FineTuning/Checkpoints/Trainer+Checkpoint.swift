import JSONValue
import LanguageModels
import ModelFiles

extension Trainer {
  /// Writes a checkpoint of where the training stands.
  ///
  /// - Parameter output: The folder that will hold `checkpoint-N`; `nil` for the one of the options.
  /// - Returns: The checkpoint's own folder.
  /// - Throws: ``FileError``; older checkpoints are then as they were, and the training can go on.
  @discardableResult
  package func save(to output: String? = nil) throws -> String {
    let output = output ?? options.output
    let path = try CheckpointFolder.write(step: stepsDone, in: output) { folder in
      try adapter.folder(baseModel: base.configuration.name).write(to: folder)
      if let bestAdapter {
        try bestAdapter.folder(baseModel: base.configuration.name).write(to: "\(folder)/\(Checkpoint.bestFolder)")
      }
      let writer = SafetensorsWriter(optimizer.state())
      try writer.write(
        to: "\(folder)/\(Checkpoint.optimizerFile)", reporting: WriteProgress(total: writer.tensorByteCount))
      try AtomicFile.write(fingerprints.serialized(pretty: true), to: "\(folder)/\(Checkpoint.optionsFile)")
      try AtomicFile.write(state.ownJSON.serialized(pretty: true), to: "\(folder)/\(Checkpoint.ownStateFile)")
      let state = state.json(options, bestCheckpoint: bestCheckpoint(in: output))
      try AtomicFile.write(state.serialized(pretty: true), to: "\(folder)/\(Checkpoint.stateFile)")
    }
    if let limit = options.saveTotalLimit {
      let kept = Set([stepsDone] + (progress.best.map { [$0.step] } ?? []))
      try CheckpointFolder.prune(output, limit: limit, keeping: kept)
    }
    return path
  }

  private var state: TrainerState {
    TrainerState(
      step: stepsDone, totalSteps: totalSteps, epoch: epoch(after: stepsDone), tokensSeen: tokensSeen,
      history: log.rows, pending: log.pending, evaluations: evaluations, progress: progress)
  }

  /// The checkpoint of the best step, if one is there or about to be.
  private func bestCheckpoint(in output: String) -> String? {
    guard let best = progress.best else { return nil }
    let path = "\(output)/\(CheckpointFolder.name(ofStep: best.step))"
    return best.step == stepsDone || FileContents.isFolder(path) ? path : nil
  }

  /// Goes on with a training bit for bit.
  ///
  /// - Parameters:
  ///   - checkpoint: Where it stood.
  ///   - model: The model that the adapter was attached to; an adapter of its own is left out.
  ///   - rows: The same rows as before.
  ///   - validation: The same rows as before.
  /// - Throws: ``CheckpointError`` when weights or rows are others, ``AdapterError``, ``SafetensorsError``,
  ///   ``FileError``, ``TrainingError``, `CancellationError`.
  package convenience init(
    resuming checkpoint: Checkpoint, on model: LanguageModel, rows: [TrainingRow], validation: [TrainingRow] = [],
    isCancelled: () -> Bool = { false }
  ) throws {
    func failure(_ reason: CheckpointError.Reason) -> CheckpointError {
      CheckpointError(path: checkpoint.path, reason: reason)
    }
    try checkpoint.check(rows, .training, against: checkpoint.rows)
    try checkpoint.check(validation, .validation, against: checkpoint.validation)
    let attached = try model.loadingAdapter(
      AdapterFolder(readingFrom: checkpoint.path), path: "\(checkpoint.path)/adapter_model.safetensors",
      isCancelled: isCancelled)
    if let (weight, found, expected) = BaseFingerprint(of: attached).difference(from: checkpoint.base) {
      throw failure(.otherBase(weight: weight, found: found, expected: expected))
    }
    try self.init(attached, rows: rows, validation: validation, options: checkpoint.options)
    guard totalSteps == checkpoint.state.totalSteps else {
      throw failure(.otherSteps(found: totalSteps, expected: checkpoint.state.totalSteps))
    }
    do {
      try optimizer.restore(SafetensorsFile(path: "\(checkpoint.path)/\(Checkpoint.optimizerFile)"))
    } catch let error as OptimizerStateError {
      throw failure(.optimizer(error))
    }
    if options.loadBestModelAtEnd, checkpoint.state.progress.best != nil {
      let folder = "\(checkpoint.path)/\(Checkpoint.bestFolder)"
      bestAdapter = try Adapter(
        AdapterFolder(readingFrom: folder), path: folder, configuration: base.configuration)
    }
    restore(checkpoint.state)
  }
}

extension Checkpoint {
  /// Makes sure that rows are those of the training.
  fileprivate func check(
    _ rows: [TrainingRow], _ kind: CheckpointError.RowKind, against expected: Rows
  ) throws(CheckpointError) {
    guard Rows(rows) == expected else {
      throw CheckpointError(path: path, reason: .otherRows(kind, found: rows.count, expected: expected.count))
    }
  }
}
