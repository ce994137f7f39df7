import FineTuning
import JSONValue
import LanguageModels
import ModelFiles

/// Some optimizer steps of one shape, and what they took.
struct TrainingMeasurement {
  /// What is trained, and on how much in a step.
  struct Case {
    let adapter: LoRA
    /// Rows of a step, and tokens of a row.
    let batch: Int
    let length: Int
    let steps: Int
    let precision: Precision
    let recompute: Bool

    var options: TrainingOptions {
      var options = TrainingOptions(steps: steps, batchSize: batch, maxLength: length, precision: precision)
      options.recompute = recompute
      return options
    }
  }

  private let measured: Case
  private let records: [StepRecord]
  private let trainedParameters: Int
  private let textSource: String
  /// MiB before the trainer was made, and at most while it ran.
  private let memoryBefore: Double
  private let memoryPeak: Double
  private let memoryEstimate: MemoryEstimate

  /// Trains a new adapter beside a model.
  init(_ model: LanguageModel, _ measured: Case) throws {
    self.measured = measured
    let rows = BenchmarkText.rows(measured.batch * measured.steps, of: measured.length, model.tokenizer)
    ResidentMemory.restartPeak()
    memoryBefore = ResidentMemory.now
    let adapted = try model.attaching(measured.adapter, seed: 42)
    let trainer = try Trainer(adapted, sequences: rows.tokens, options: measured.options)
    records = try (0..<measured.steps).map { _ in try trainer.step() }
    memoryPeak = ResidentMemory.peak
    memoryEstimate = MemoryEstimate.training(
      ModelShape(model), AdapterShape(measured.adapter, model.configuration), measured.options)
    trainedParameters = adapted.adapter?.parameterCount ?? 0
    textSource = rows.source
  }

  /// Seconds of a step, without the first if there are more.
  private var stepSeconds: Double {
    let seconds = records.map(\.seconds)
    return median(seconds.count > 1 ? Array(seconds.dropFirst()) : seconds)
  }

  /// What a report says of it.
  var report: [String: JSONValue] {
    [
      "batch": .integer(measured.batch), "length": .integer(measured.length), "rank": .integer(measured.adapter.rank),
      "step_s": .number(stepSeconds), "tok_s": .number(Double(measured.batch * measured.length) / stepSeconds),
      "steps_s": .array(records.map { .number($0.seconds) }), "losses": .array(records.map { .number($0.loss) }),
      "gradient_norms": .array(records.map { .number($0.gradientNorm) }),
      "loaded_mib": .number(memoryBefore), "peak_mib": .number(memoryPeak),
      "estimated_mib": .number(mebibytes(memoryEstimate.total)),
      "estimated_parts_mib": .object(
        Dictionary(uniqueKeysWithValues: memoryEstimate.parts.map { ($0.kind.rawValue, .number(mebibytes($0.bytes))) })),
      "trained_parameters": .integer(trainedParameters), "text": .string(textSource),
    ]
  }

  private func mebibytes(_ bytes: Int) -> Double { Double(bytes) / Double(1 << 20) }
}
