import Datasets
import FineTuning
import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing
import Tokenization

/// Fifty QLoRA steps of the real model on rows of 8 to 24 tokens of IMDB, with accumulation and warm-up, against HF Trainer with
/// PEFT and bitsandbytes in float32; `Tests/Fixtures/makers/qlora_runs.py` made them.
@Suite(.serialized)
struct TrainerRunTests {
  @Test(arguments: ["q_v", "all_linear"])
  func realRunEqualsTrainer(name: String) throws {
    let fixture = try Fixtures.json("runs/smollm2.json")
    let run = try #require(fixture[name])
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2).quantized().attaching(try adapter(of: run), seed: 42)
    let sequences = try sequences(fixture, run, model.tokenizer)
    let trainer = try Trainer(model, sequences: sequences, options: try options(run))
    let history = try #require(run["history"]?.array)
    #expect(history.count == 50 && trainer.totalSteps == 50)
    for expected in history {
      let record = try trainer.step()
      #expect(abs(record.loss - (expected["loss"]?.number ?? .nan)) < 1e-3, "loss of step \(record.step)")
      #expect(
        abs(record.gradientNorm - (expected["grad_norm"]?.number ?? .nan)) < 1e-3, "gradient of step \(record.step)")
      #expect(abs(record.learningRate - (expected["learning_rate"]?.number ?? .nan)) < 1e-12)
    }
    #expect(trainer.isFinished)
    let order = try #require(run["batches"]?.array).flatMap { $0.array?.compactMap(\.integer) ?? [] }
    #expect(trainer.history.flatMap(\.rows) == order)
    let expected = FinalAdapter(
      name: name, stride: try #require(fixture["stride"]?.integer),
      samples: try Fixtures.tensors("runs/smollm2.safetensors"),
      norms: try #require(run["final_norms"]?.object))
    try expected.expect(try #require(trainer.model.adapter))
    try expectSameEnd(of: trainer, model, sequences, try options(run))
  }

  /// In bfloat16 the same training ends with the same loss on rows that neither was trained on.
  private func expectSameEnd(
    of exact: Trainer, _ model: LanguageModel, _ sequences: [[Int]], _ options: TrainingOptions
  ) throws {
    let texts = try Dataset.imdb(path: Fixtures.movieReviews).shuffled(seed: 42)
    let held = try (sequences.count..<sequences.count + 32).map { row in
      let tokens = model.tokenizer.ids(of: try texts.row(row).text).prefix(options.maxLength)
      return TrainingRow(sequences: [TrainingSequence(tokens: Array(tokens))], sources: [row])
    }
    var options = options
    options.precision = .bfloat16
    let rounded = try Trainer(model, sequences: sequences, options: options)
    let before = try rounded.evaluate(held).loss
    while !rounded.isFinished { try rounded.step() }
    let (loss, expected) = (try rounded.evaluate(held).loss, try exact.evaluate(held).loss)
    #expect(abs(loss - expected) < 0.005 * expected, "\(loss) after bfloat16, \(expected) after float32")
    #expect(expected < 0.99 * before, "\(before) before, \(expected) after")
  }

  private func adapter(of run: JSONValue) throws -> LoRA {
    let targets = try #require(run["targets"]?.array).compactMap(\.string)
    return LoRA(
      rank: try #require(run["rank"]?.integer), alpha: try #require(run["alpha"]?.number),
      targets: Set(LinearLayer.allCases.filter { targets.contains($0.moduleName) }))
  }

  private func options(_ run: JSONValue) throws -> TrainingOptions {
    TrainingOptions(
      steps: try #require(run["steps"]?.integer), batchSize: try #require(run["batch"]?.integer),
      gradientAccumulation: try #require(run["accumulation"]?.integer),
      learningRate: try #require(run["learning_rate"]?.number),
      warmup: .steps(try #require(run["warmup"]?.integer)), weightDecay: try #require(run["weight_decay"]?.number),
      maxGradNorm: try #require(run["clip"]?.number), maxLength: try #require(run["max_length"]?.integer),
      precision: .float32, seed: 42)
  }

  /// The rows' tokens, which must be the peer's.
  private func sequences(_ fixture: JSONValue, _ run: JSONValue, _ tokenizer: Tokenizer) throws -> [[Int]] {
    let rows = try Dataset.imdb(path: Fixtures.movieReviews).shuffled(seed: 42)
      .prefix(try #require(run["rows"]?.integer))
    let lengths = try #require(fixture["lengths"]?.array).compactMap(\.integer)
    let sequences = try zip(0..<rows.count, lengths).map { row, length in
      Array(tokenizer.ids(of: try rows.row(row).text).prefix(length))
    }
    let digests = try #require(fixture["ids_sha256"]?.array).compactMap(\.string)
    #expect(sequences.map { sha256($0.map(Int32.init)) } == digests, "tokens of the rows")
    return sequences
  }
}

/// What the peer's adapter was at the end: some numbers of each matrix, and its length.
private struct FinalAdapter {
  let name: String
  /// Every how many numbers one is kept.
  let stride: Int
  let samples: SafetensorsFile
  let norms: [String: JSONValue]

  func expect(_ adapter: Adapter) throws {
    var compared = 0
    for (module, pair) in adapter.folder(baseModel: nil).pairs {
      for (suffix, matrix) in [("lora_A", pair.a), ("lora_B", pair.b)] {
        let key = "base_model.model.\(module).\(suffix).weight"
        let values = Array(matrix.values)
        let kept = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }
        let expected = try samples.floats("\(name).\(key)")
        #expect(largestDifference(kept, expected) < 1e-3, "\(key)")
        let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(norm - (norms[key]?.number ?? .nan)) < 1e-3, "length of \(key)")
        compared += 1
      }
    }
    #expect(compared == norms.count && compared > 0)
  }
}
