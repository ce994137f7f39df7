import JSONValue

/// Where a training stands: `trainer_state.json` with exactly the fields of transformers' `TrainerState`, which reads it,
/// and `quill_state.json` with what that has no field for.
struct TrainerState: Sendable {
  var step: Int
  var totalSteps: Int
  var epoch: Double
  var tokensSeen: Int
  /// Rows of the log, without the numbers of the data set's rows.
  var history: [StepRecord]
  /// Steps that are in no row of the log yet.
  var pending: [StepRecord]
  var evaluations: [Evaluation]
  var progress: ValidationProgress
}

extension TrainerState {
  /// The whole state; `best` is the checkpoint of the best step, where there is one.
  func json(_ options: TrainingOptions, bestCheckpoint best: String?) -> JSONValue {
    let log = history.map { ($0.step, 0, $0.json) } + evaluations.map { ($0.step, 1, $0.json(options)) }
    let stopping: JSONValue? = options.earlyStopping.map { rule in
      [
        "args": [
          "early_stopping_patience": .integer(rule.patience), "early_stopping_threshold": .number(rule.threshold),
        ],
        "attributes": ["early_stopping_patience_counter": .integer(progress.staleCount)],
      ]
    }
    return [
      "best_global_step": progress.best.map { .integer($0.step) } ?? .null,
      "best_metric": progress.best.map { .number($0.loss) } ?? .null,
      "best_model_checkpoint": best.map { .string($0) } ?? .null,
      "epoch": .number(epoch), "eval_steps": options.evaluation.map { .integer($0.steps(of: totalSteps)) } ?? .null,
      "global_step": .integer(step), "is_hyper_param_search": false, "is_local_process_zero": true,
      "is_world_process_zero": true,
      "log_history": .array(log.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)),
      "logging_steps": .integer(options.logging.steps(of: totalSteps)), "max_steps": .integer(totalSteps),
      "num_input_tokens_seen": .integer(tokensSeen), "num_train_epochs": .number(options.epochs),
      "save_steps": options.saving.map { .integer($0.steps(of: totalSteps)) } ?? .null,
      "stateful_callbacks": stopping.map { ["EarlyStoppingCallback": $0] } ?? [:], "total_flos": 0,
      "train_batch_size": .integer(options.batchSize), "trial_name": .null, "trial_params": .null,
    ]
  }

  /// What transformers has no field for.
  var ownJSON: JSONValue {
    [
      "evaluations_without_improvement": .integer(progress.staleCount), "pending_log": .array(pending.map(\.json)),
    ]
  }

  /// - Parameter own: The fields that transformers does not have.
  /// - Throws: ``CheckpointError``.
  init(_ fields: CheckpointFields, own: CheckpointFields) throws(CheckpointError) {
    step = try fields.count("global_step")
    totalSteps = try fields.count("max_steps")
    epoch = try fields.number("epoch")
    tokensSeen = try fields.count("num_input_tokens_seen")
    (history, pending, evaluations) = ([], [], [])
    for row in try fields.list("log_history") {
      if row.has("eval_loss") {
        evaluations.append(try Evaluation(row))
      } else {
        history.append(try StepRecord(row))
      }
    }
    for row in try own.list("pending_log") { pending.append(try StepRecord(row)) }
    var best: (step: Int, loss: Double)?
    if fields.has("best_metric") {
      best = (try fields.count("best_global_step"), try fields.number("best_metric"))
    }
    progress = ValidationProgress(best: best, staleCount: try own.count("evaluations_without_improvement"))
  }
}

extension StepRecord {
  fileprivate var json: JSONValue {
    [
      "epoch": .number(epoch), "grad_norm": .number(gradientNorm), "learning_rate": .number(learningRate),
      "loss": .number(loss), "num_tokens": .integer(tokens), "step": .integer(step), "step_time": .number(seconds),
    ]
  }

  fileprivate init(_ row: CheckpointFields) throws(CheckpointError) {
    self.init(
      step: try row.count("step"), epoch: try row.number("epoch"), loss: try row.number("loss"),
      gradientNorm: try row.number("grad_norm"), learningRate: try row.number("learning_rate"),
      tokens: try row.count("num_tokens"), rows: [], seconds: try row.number("step_time"))
  }
}

extension Evaluation {
  fileprivate func json(_ options: TrainingOptions) -> JSONValue {
    let batches = (rows + options.batchSize - 1) / options.batchSize
    return [
      "epoch": .number(epoch), "eval_accuracy": .number(accuracy), "eval_loss": .number(loss),
      "eval_mean_token_accuracy": .number(tokenAccuracy), "eval_num_tokens": .integer(tokens),
      "eval_right_rows": .integer(rightRows), "eval_right_tokens": .integer(rightTokens), "eval_rows": .integer(rows),
      "eval_runtime": .number(seconds), "eval_samples_per_second": .number(Double(rows) / max(seconds, 1e-9)),
      "eval_steps_per_second": .number(Double(batches) / max(seconds, 1e-9)), "step": .integer(step),
    ]
  }

  fileprivate init(_ row: CheckpointFields) throws(CheckpointError) {
    self.init(
      step: try row.count("step"), epoch: try row.number("epoch"), loss: try row.number("eval_loss"),
      tokens: try row.count("eval_num_tokens"), rightTokens: try row.count("eval_right_tokens"),
      rows: try row.count("eval_rows"), rightRows: try row.count("eval_right_rows"),
      seconds: try row.number("eval_runtime"))
  }
}
