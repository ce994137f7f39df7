import CommandLanguage
import Datasets
import Figures
import FineTuning
import LanguageModels

/// Fine-tuning: `train`, `trainer` and `resuming`.
enum TrainingCommands {
  static let all: [Command] = [train, trainer, resuming] + TrainingMembers.all + MemoryCommand.all

  private static let train = Command.method(
    "train", of: ModelValue.self, TrainingParameters.all, returns: "TrainingRun",
    "Fine-tunes the model's adapter on rows of text; the loss is drawn while it falls.",
    discussion: """
      The model stays as it was: the trained one is the run's `.model`. Labels are the tokens themselves; order of rows, \
      loss, clipping and schedule are those of Hugging Face's Trainer. When it is interrupted or fails, a checkpoint is \
      written to `output`, from which `resuming(from:on:)` goes on; `trainer(on:)` keeps it all in a variable.
      """,
    example: """
      let tiny = load("smollm2-135m").attaching(LoRA(rank: 4))
      tiny.train(on: dataset([["text": "A fine film."]]), steps: 1, maxLength: 8)
      """,
    neighbours: ["HF": "Trainer.train"], source: "Dettmers et al., QLoRA, 2023, arXiv:2305.14314"
  ) { value, call in
    let trainer = try make(value, call)
    do {
      return try trainer.run(to: trainer.trainer.totalSteps, call).value
    } catch {
      // No variable holds the trainer, so what it has done would be gone.
      trainer.keep(call)
      throw error
    }
  }

  private static let trainer = Command.method(
    "trainer", of: ModelValue.self, TrainingParameters.all, returns: "Trainer",
    "Prepares the same training as `train` without running anything yet.",
    example: """
      let tiny = load("smollm2-135m").attaching(LoRA(rank: 4))
      tiny.trainer(on: dataset([["text": "A fine film."]]), steps: 2, maxLength: 8).step()
      """,
    neighbours: ["HF": "Trainer"]
  ) { value, call in try make(value, call).value }

  private static let resuming = Command.method(
    "resuming", of: ModelValue.self,
    [
      .labelled(
        "from", .path, neighbours: ["HF": "resume_from_checkpoint"],
        "A checkpoint's folder, or the `output` of a training, whose last checkpoint is taken."),
      TrainingParameters.dataset, TrainingParameters.validation,
    ],
    returns: "Trainer", "Goes on with a training from a checkpoint, bit for bit.",
    discussion: """
      Call it on the model that the adapter was attached to, with the same rows. All options are those of the training, and \
      further checkpoints are written beside the one that it goes on from. Other weights or rows are an error.
      """,
    neighbours: ["HF": "Trainer.train(resume_from_checkpoint=…)"]
  ) { value, call in
    let checkpoint = try Checkpoint(call.string("from"))
    let (rows, validation) = try rows(checkpoint.options, value.model, call)
    let trainer = try interruptible {
      try Trainer(
        resuming: checkpoint, on: value.model, rows: rows, validation: validation, isCancelled: call.isCancelled)
    }
    call.output.write(
      "Goes on after step \(NumberText.count(trainer.stepsDone)) of \(NumberText.count(trainer.totalSteps)), from "
        + "\(checkpoint.path).\n", to: .standardOutput)
    return TrainerValue(trainer).value
  }

  private static func make(_ value: ModelValue, _ call: Invocation) throws -> TrainerValue {
    guard value.model.adapter != nil else { throw NoAdapter() }
    let options = try TrainingOptions(call)
    let (rows, validation) = try rows(options, value.model, call)
    let trainer = try Trainer(value.model, rows: rows, validation: validation, options: options)
    describe(trainer, call)
    return TrainerValue(trainer)
  }

  /// The rows of both data sets as tokens.
  private static func rows(
    _ options: TrainingOptions, _ model: LanguageModel, _ call: Invocation
  ) throws -> (training: [TrainingRow], validation: [TrainingRow]) {
    func tokenized(_ dataset: Dataset) throws -> [TrainingRow] {
      try trainingRows(
        of: dataset, model: model, maxLength: options.maxLength, packing: options.packing,
        completionOnly: options.completionOnly, call: call
      ).rows
    }
    return (
      try tokenized(call.object("on", as: DatasetValue.self).dataset),
      try call.optionalObject("validation", as: DatasetValue.self).map { try tokenized($0.dataset) } ?? []
    )
  }

  private static func describe(_ trainer: Trainer, _ call: Invocation) {
    let options = trainer.options
    var text = "\(NumberText.count(trainer.totalSteps)) steps of \(options.batchSize) rows"
    if options.gradientAccumulation > 1 { text += " × \(options.gradientAccumulation)" }
    text += ", \(options.precision.onThisProcessor.rawValue). Seed \(options.seed).\n"
    if options.precision.onThisProcessor != options.precision {
      text += "note: this processor has no products of \(options.precision.rawValue), so they are exact and slower\n"
    }
    let dataset = call.object("on", as: DatasetValue.self).dataset
    if let warning = dataset.singleLabelWarning(column: "label") {
      text += "note: \(warning.description)\n" + (warning.help.map { "  help: \($0)\n" } ?? "")
    }
    call.output.write(text, to: .standardOutput)
  }
}
