import ArgumentParser
import FineTuning
import JSONValue
import LanguageModels
import ModelFiles

/// `quill bench train`: how long an optimizer step of LoRA takes.
struct TrainingBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Seconds of an optimizer step of LoRA or, with nf4, of QLoRA.",
    discussion: """
      All rows have exactly --length tokens, of IMDB's reviews where 'make data' has fetched them. step_s is the median \
      without the first step, which also gets the memory.
      """)

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "The format of the linear layers: none leaves them as the file has them.")
  var quantization = BenchmarkQuantization.nf4

  @Option(help: "Rows of a step.")
  var batch = 4

  @Option(help: "Tokens of a row.")
  var length = 256

  @Option(help: "The rank of the adapter.")
  var rank = 8

  @Option(help: "Optimizer steps.")
  var steps = 6

  @Option(help: "The layers with an adapter, of q, k, v, o, gate, up, down; or all.")
  var targets = "q,v"

  func validate() throws {
    if batch < 1 || length < 2 || rank < 1 || steps < 1 {
      throw ValidationError("--batch, --rank and --steps are at least 1, --length is at least 2")
    }
    _ = try layers()
  }

  func run() throws {
    try options.prepare()
    let loaded = try BenchmarkModel(options.model, quantization: quantization)
    let limit = loaded.model.configuration.contextLength
    guard length <= limit else {
      throw BenchmarkFailure(description: "'\(options.model)' reads at most \(limit) tokens")
    }
    let model = try loaded.model.attaching(LoRA(rank: rank, alpha: 16, targets: try layers()), seed: 42)
    let rows = BenchmarkText.rows(batch * steps, of: length, model.tokenizer)
    let trainer = try Trainer(
      model, sequences: rows.tokens, options: TrainingOptions(steps: steps, batchSize: batch, maxLength: length))
    let records = try (0..<steps).map { _ in try trainer.step() }
    let seconds = records.map(\.seconds)
    let step = median(seconds.count > 1 ? Array(seconds.dropFirst()) : seconds)
    report(
      loaded.description.merging([
        "step_s": .number(step), "tok_s": .number(Double(batch * length) / step),
        "losses": .array(records.map { .number($0.loss) }), "steps_s": .array(seconds.map { .number($0) }),
        "batch": .integer(batch), "length": .integer(length), "rank": .integer(rank), "steps": .integer(steps),
        "targets": .string(targets), "trained_parameters": .integer(model.adapter?.parameterCount ?? 0),
        "text": .string(rows.source),
      ]) { $1 })
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
