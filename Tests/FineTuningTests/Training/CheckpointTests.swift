import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// A training that goes on from a checkpoint is the training that was never stopped.
struct CheckpointTests {
  private let tiny = TinyTraining()
  private let folder: TemporaryFolder
  private let validation: [TrainingRow]

  init() throws {
    folder = try TemporaryFolder()
    validation = tiny.rows(3, seed: 9)
  }

  /// Everything at once: dropout, accumulation, schedule, evaluations, log and the best adapter.
  private func options(_ optimizer: OptimizerKind = .adamW) -> TrainingOptions {
    var options = tiny.options(steps: 12)
    options.optimizer = optimizer
    options.gradientAccumulation = 2
    options.schedule = .cosine
    options.warmup = .steps(3)
    options.weightDecay = 0.1
    options.loraPlusRatio = 4
    options.logging = .steps(2)
    options.evaluation = .steps(3)
    options.loadBestModelAtEnd = true
    options.earlyStopping = EarlyStopping(patience: 4, threshold: 0.001)
    options.output = folder.path + "/run"
    options.saving = .steps(5)
    return options
  }

  private func trainer(_ options: TrainingOptions, lora: LoRA) throws -> Trainer {
    try Trainer(tiny.model(lora), rows: tiny.rows(24), validation: validation, options: options)
  }

  private func resumed(_ path: String) throws -> Trainer {
    try Trainer(resuming: Checkpoint(path), on: tiny.base(), rows: tiny.rows(24), validation: validation)
  }

  /// Large enough for moments of 8 bits.
  private static let wide = LoRA(rank: 64, alpha: 64, dropout: 0.1, targets: [.q, .down])
  private static let loras: [LoRA] = [
    LoRA(rank: 4, alpha: 8, dropout: 0.1, targets: [.q, .v, .down]),
    LoRA(rank: 3, alpha: 6, dropout: 0.2, targets: [.k, .gate], isWeightDecomposed: true),
  ]

  @Test(arguments: OptimizerKind.allCases, [0, 1, 2])
  func goesOnBitForBit(optimizer: OptimizerKind, kind: Int) throws {
    let lora = kind < 2 ? Self.loras[kind] : Self.wide
    let whole = try trainer(options(optimizer), lora: lora)
    while try whole.advance() != nil {}
    for step in [5, 10] {
      let trainer = try resumed("\(folder.path)/run/checkpoint-\(step)")
      #expect(trainer.stepsDone == step && trainer.history.last?.step == (step == 5 ? 4 : 10))
      while try trainer.advance() != nil {}
      try expect(trainer, equals: whole)
    }
    #expect(try CheckpointFolder.steps(in: folder.path + "/run") == [5, 10, whole.stepsDone])
  }

  private func expect(_ trainer: Trainer, equals whole: Trainer) throws {
    #expect(try tiny.numbers(of: trainer) == tiny.numbers(of: whole))
    func facts(_ trainer: Trainer) -> [[Double]] {
      trainer.history.map { [Double($0.step), $0.epoch, $0.loss, $0.gradientNorm, $0.learningRate, Double($0.tokens)] }
        + trainer.evaluations.map { [Double($0.step), $0.epoch, $0.loss, Double($0.rightTokens)] }
    }
    #expect(facts(trainer) == facts(whole))
    #expect(trainer.history.map(\.rows) == whole.history.map(\.rows))
    #expect(trainer.progress == whole.progress && trainer.tokensSeen == whole.tokensSeen)
  }

  /// The weights that PiSSA leaves are made again from the model that was loaded.
  @Test func pissaGoesOnBitForBit() throws {
    var options = tiny.options(steps: 6)
    (options.output, options.saving) = (folder.path + "/run", .steps(4))
    let base = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    let lora = LoRA(rank: 4, alpha: 8, dropout: 0.1, targets: [.q, .up], initialization: .pissa)
    let whole = try Trainer(base.attaching(lora, seed: 5), rows: tiny.rows(24), options: options)
    while try whole.advance() != nil {}
    let trainer = try Trainer(
      resuming: Checkpoint("\(options.output)/checkpoint-4"), on: base, rows: tiny.rows(24))
    while try trainer.advance() != nil {}
    try expect(trainer, equals: whole)
  }

  /// A checkpoint that was moved aside for a newer one of its step comes back if that one never came.
  @Test func checkpointMovedAsideIsFound() throws {
    let path = try saved()
    try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
    #expect(try Checkpoint(folder.path + "/run").step == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run") == ["checkpoint-2"])
    // Saved again, it takes the place of the one that is there.
    let trainer = try resumed(path)
    let again = try trainer.save()
    #expect(again == path)
    #expect(try Checkpoint(path).step == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/run") == ["checkpoint-2"])
  }

  /// Nothing but the last checkpoint's own step tells where a training goes on.
  @Test func newestIsChosenByStep() throws {
    var options = options()
    options.saving = .steps(1)
    (options.earlyStopping, options.loadBestModelAtEnd) = (nil, false)
    options.steps = 11
    let whole = try trainer(options, lora: Self.loras[0])
    while try whole.advance() != nil {}
    let output = folder.path + "/run"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 100)], ofItemAtPath: output + "/checkpoint-9")
    try FileManager.default.createDirectory(
      atPath: output + "/checkpoint-99.1.partial", withIntermediateDirectories: true)
    #expect(try Checkpoint(output).step == 11)
    #expect(try Checkpoint(output + "/").step == 11)
    #expect(try Checkpoint(output + "/checkpoint-9").step == 9)
    #expect(try Checkpoint(output + "/checkpoint-9").options.output == output)
  }

  @Test func limitLeavesTheNewestAndTheBest() throws {
    var options = options()
    (options.saving, options.evaluation) = (.steps(1), .steps(1))
    (options.saveTotalLimit, options.learningRate, options.earlyStopping) = (2, 0.3, nil)
    let trainer = try trainer(options, lora: Self.loras[0])
    while try trainer.advance() != nil {}
    let best = try #require(trainer.progress.best)
    #expect(best.step < 11, "the rate is far too high")
    #expect(try CheckpointFolder.steps(in: options.output) == [best.step, 12])
    #expect(try FileManager.default.contentsOfDirectory(atPath: options.output).count == 2, "and nothing else")
    let state = try state(of: "\(options.output)/checkpoint-12")
    #expect(state["best_model_checkpoint"]?.string == "\(options.output)/checkpoint-\(best.step)")
  }

  /// The fields are transformers', and PEFT's two files lie beside them.
  @Test func filesAreThePeers() throws {
    var options = options()
    options.steps = 5
    let trainer = try trainer(options, lora: Self.loras[0])
    while try trainer.advance() != nil {}
    let path = "\(options.output)/checkpoint-5"
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
        "adapter_config.json", "adapter_model.safetensors", "best", "optimizer.safetensors", "quill_state.json",
        "trainer_state.json", "training_args.json",
      ])
    let state = try state(of: path)
    let fields = [
      "best_global_step", "best_metric", "best_model_checkpoint", "epoch", "eval_steps", "global_step",
      "is_hyper_param_search", "is_local_process_zero", "is_world_process_zero", "log_history", "logging_steps",
      "max_steps", "num_input_tokens_seen", "num_train_epochs", "save_steps", "stateful_callbacks", "total_flos",
      "train_batch_size", "trial_name", "trial_params",
    ]
    #expect(state.object?.keys.sorted() == fields, "transformers reads no others")
    let log = try #require(state["log_history"]?.array)
    #expect(log.compactMap { $0["step"]?.integer } == [2, 3, 4, 5, 5])
    #expect(log.map { $0["eval_loss"] == nil } == [true, false, true, true, false])
    #expect(
      Set(["epoch", "grad_norm", "learning_rate", "loss", "step"]).isSubset(
        of: Set(log[0].object?.keys.map { $0 } ?? [])))
    _ = try AdapterFolder(readingFrom: path)
  }

  private func state(of path: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(path)/trainer_state.json")))
  }

  // MARK: - What does not fit

  /// Runs two steps, saves, and returns the checkpoint's folder.
  private func saved() throws -> String {
    var options = options()
    options.saving = nil
    let trainer = try trainer(options, lora: Self.loras[0])
    for _ in 0..<2 { try trainer.step() }
    return try trainer.save()
  }

  private func reason(_ path: String, _ body: () throws -> Void) -> CheckpointError.Reason? {
    do {
      try body()
    } catch let error as CheckpointError {
      return error.path == path ? error.reason : nil
    } catch {}
    return nil
  }

  @Test func otherWeightsAreRefused() throws {
    let path = try saved()
    let checkpoint = try Checkpoint(path)
    let unquantized = try LanguageModel(ggufPath: Fixtures.path("tiny-llama.gguf"))
    for model in [unquantized, try unquantized.quantized(doubleQuantized: false)] {
      let reason = reason(path) {
        _ = try Trainer(resuming: checkpoint, on: model, rows: tiny.rows(24), validation: validation)
      }
      guard case .otherBase(let weight, let found?, let expected?) = reason else {
        Issue.record("\(String(describing: reason))")
        continue
      }
      #expect(weight == "model.layers.0.mlp.down_proj")
      #expect(expected.hasPrefix("nf4 + double quantization [64, 128] "))
      #expect(found.hasPrefix(model.blocks[0][.down].formatName + " [64, 128] "))
    }
    var other = try tiny.base()
    other.blocks.swapAt(0, 1)
    #expect(
      reason(path) { _ = try Trainer(resuming: checkpoint, on: other, rows: tiny.rows(24), validation: validation) }
        != nil, "the same formats and other numbers")
  }

  @Test func otherRowsAreRefused() throws {
    let path = try saved()
    let (checkpoint, base) = (try Checkpoint(path), try tiny.base())
    for rows in [tiny.rows(23), tiny.rows(24, seed: 4), tiny.rows(24, learned: 4), tiny.rows(24).reversed()] {
      #expect(
        reason(path) { _ = try Trainer(resuming: checkpoint, on: base, rows: rows, validation: validation) }
          == .otherRows(.training, found: rows.count, expected: 24))
    }
    #expect(
      reason(path) { _ = try Trainer(resuming: checkpoint, on: base, rows: tiny.rows(24)) }
        == .otherRows(.validation, found: 0, expected: 3))
  }

  @Test func brokenCheckpointsAreExplained() throws {
    let path = try saved()
    #expect(reason(folder.path) { _ = try Checkpoint(folder.path) } == .noCheckpoint)
    #expect(throws: FileError(path: folder.path + "/nowhere", code: ENOENT)) {
      try Checkpoint(folder.path + "/nowhere")
    }
    let options = "\(path)/training_args.json"
    let text = try String(contentsOfFile: options, encoding: .utf8)
    for (change, expected) in [
      ("{", CheckpointError.Reason.notJSON("training_args.json")),
      (text.replacing("\"seed\"", with: "\"sed\""), .field("seed", file: "training_args.json")),
      (text.replacing("\"cosine\"", with: "\"wavy\""), .field("lr_scheduler_type", file: "training_args.json")),
      (
        text.replacing("\"per_device_train_batch_size\": 2", with: "\"per_device_train_batch_size\": 0"),
        .field("per_device_train_batch_size", file: "training_args.json")
      ),
    ] {
      try Data(change.utf8).write(to: URL(filePath: options))
      #expect(reason(path) { _ = try Checkpoint(path) } == expected)
    }
    try FileManager.default.removeItem(atPath: options)
    #expect(reason(path) { _ = try Checkpoint(path) } == .missingFile("training_args.json"))
    try Data(text.utf8).write(to: URL(filePath: options))
    let checkpoint = try Checkpoint(path)
    try FileManager.default.removeItem(atPath: "\(path)/optimizer.safetensors")
    #expect(throws: FileError.self) {
      try Trainer(resuming: checkpoint, on: tiny.base(), rows: tiny.rows(24), validation: validation)
    }
  }
}
