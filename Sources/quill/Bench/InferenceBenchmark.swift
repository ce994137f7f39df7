import ArgumentParser
import JSONValue
import LanguageModels

/// `quill bench inference`: how fast a model reads and writes, measured as llama-bench does.
///
/// Tokens go straight into the model: tokenizing and sampling are not part of it. One run of each comes first and is
/// not counted.
struct InferenceBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference", abstract: "Tokens per second: reading a prompt, and writing token by token.",
    discussion: """
      As llama-bench: pp_tok_s for a prompt that is read at once, tg_tok_s for tokens one by one from an empty context; \
      medians over the repetitions, without tokenizing and sampling. first_token_s is the prompt and the likeliest token.
      """)

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "The tokens of the prompt.")
  var prompt = 512

  @Option(help: "The tokens to generate.")
  var generate = 128

  @Option(help: "How often each is measured.")
  var repetitions = 5

  @Option(help: "The format of the linear layers: none leaves them as the file has them.")
  var quantization = BenchmarkQuantization.none

  func validate() throws {
    if prompt < 1 || generate < 1 || repetitions < 1 {
      throw ValidationError("--prompt, --generate and --repetitions are at least 1")
    }
  }

  func run() throws {
    options.prepare()
    let loaded = try BenchmarkModel(options.model, quantization: quantization)
    let model = loaded.model
    let limit = model.configuration.contextLength
    guard max(prompt, generate) <= limit else {
      throw BenchmarkFailure(description: "'\(options.model)' reads at most \(limit) tokens")
    }
    let context = InferenceContext(model)
    let tokens = (0..<max(prompt, generate)).map { (7919 * $0 + 13) % model.configuration.vocabularySize }

    let reading = try measure {
      context.truncate(to: 0)
      let logits = try context.read(Array(tokens.prefix(prompt)))
      _ = logits.indices.max { logits[$0] < logits[$1] }
    }
    let writing = try measure {
      context.truncate(to: 0)
      for token in tokens.prefix(generate) { _ = try context.read([token]) }
    }
    report(
      loaded.description.merging([
        "pp_tok_s": .number(Double(prompt) / median(reading)), "tg_tok_s": .number(Double(generate) / median(writing)),
        "first_token_s": .number(median(reading)), "prompt": .integer(prompt), "generate": .integer(generate),
        "repetitions": .integer(repetitions), "pp_s": .array(reading.map { .number($0) }),
        "tg_s": .array(writing.map { .number($0) }),
      ]) { $1 })
  }

  /// The seconds of each repetition, after one that is not counted.
  private func measure(_ work: () throws -> Void) throws -> [Double] {
    try work()
    return try (0..<repetitions).map { _ in try timed(work).seconds }
  }
}
