import ArgumentParser
import FineTuning
import JSONValue
import LanguageModels
import ModelFiles

/// `quill bench train`: how long an optimizer step of LoRA takes, and how much memory.
struct TrainingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Seconds and memory of an optimizer step of LoRA or, with nf4, of QLoRA.",
    discussion: """
      All rows have exactly --length tokens, of IMDB's reviews where 'make data' has fetched them. With several numbers for \
      --batch, --length and --rank every combination is measured, in their order. step_s is the median without the first \
      step, which also gets the memory. peak_mib is the most that the process held in RAM during the steps, loaded_mib what \
      it held before them: the model and the program. estimated_mib is what 'memory(for:)' foretells for the peak of a process \
      that does this alone, and estimated_parts_mib what it is made of.
      """)

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "The format of the linear layers: none leaves them as the file has them.")
  var quantization = BenchmarkQuantization.nf4

  @Option(help: "Rows of a step; several numbers with commas between them.")
  var batch = NumberList([4])

  @Option(help: "Tokens of a row; several numbers with commas between them.")
  var length = NumberList([256])

  @Option(help: "The rank of the adapter; several numbers with commas between them.")
  var rank = NumberList([8])

  @Option(help: "Optimizer steps of each measurement.")
  var steps = 6

  @Option(help: "The layers with an adapter, of q, k, v, o, gate, up, down; or all.")
  var targets = "q,v"

  @Flag(help: "Trains magnitudes too: DoRA.")
  var dora = false

  @Option(help: "What products with frozen weights take: bfloat16, where the processor has it, or float32.")
  var precision = Precision.bfloat16

  @Flag(help: "Computes activations again for the backward pass instead of keeping them.")
  var recompute = false

  func validate() throws {
    if (batch.numbers + rank.numbers + [steps]).contains(where: { $0 < 1 }) {
      throw ValidationError("--batch, --rank and --steps are at least 1")
    }
    if length.numbers.contains(where: { $0 < 2 }) { throw ValidationError("--length is at least 2") }
    _ = try layers()
  }

  func run() throws {
    try options.prepare()
    let loaded = try BenchmarkModel(options.model, quantization: quantization)
    let limit = loaded.model.configuration.contextLength
    guard length.numbers.allSatisfy({ $0 <= limit }) else {
      throw BenchmarkFailure(description: "'\(options.model)' reads at most \(limit) tokens")
    }
    let description = loaded.description
    let measurements = try cases().map { try TrainingMeasurement(loaded.model, $0) }
    report(
      description.merging(measurements[0].report) { $1 }.merging([
        "measurements": .array(measurements.map { .object($0.report) }), "targets": .string(targets),
        "dora": .bool(dora), "steps": .integer(steps), "precision": .string(precision.onThisProcessor.rawValue),
        "recompute": .bool(recompute),
      ]) { $1 })
  }

  /// Every combination of the numbers.
  private func cases() throws -> [TrainingMeasurement.Case] {
    let layers = try layers()
    return rank.numbers.flatMap { rank in
      batch.numbers.flatMap { batch in
        length.numbers.map { length in
          TrainingMeasurement.Case(
            adapter: LoRA(
              rank: rank, alpha: Double(2 * rank), targets: layers, isWeightDecomposed: dora),
            batch: batch, length: length, steps: steps, precision: precision, recompute: recompute)
        }
      }
    }
  }

  private func layers() throws -> Set<LinearLayer> {
    if targets == "all" { return Set(LinearLayer.allCases) }
    let layers = try targets.split(separator: ",").map { word in
      guard let layer = LinearLayer.allCases.first(where: { "\($0)" == word }) else {
        throw ValidationError(
          "'\(word)' is no layer; there are \(LinearLayer.allCases.map { "\($0)" }.joined(separator: ", "))")
      }
      return layer
    }
    if layers.isEmpty { throw ValidationError("--targets names no layer") }
    return Set(layers)
  }
}

extension Precision: ExpressibleByArgument {}
