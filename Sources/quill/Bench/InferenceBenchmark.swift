import ArgumentParser
import JSONValue
import LanguageModels
import TensorCore

/// `quill bench inference`: how fast a model reads and writes, measured as llama-bench does.
///
/// Tokens go straight into the model: tokenizing and sampling are not part of it. One run of each comes first and is
/// not counted.
struct InferenceBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference", abstract: "Tokens per second: reading a prompt, and writing token by token.",
    discussion: """
      As llama-bench: pp_tok_s for a prompt that is read at once, tg_tok_s for tokens one by one behind --context tokens; \
      medians over the repetitions, without tokenizing and sampling. first_token_s is the prompt and the likeliest token; \
      load_to_first_token_s is loading and reading one token. The roofline is measured in the same run: what a plain read \
      of memory and a loop of multiplications get with the same threads.
      """)

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "The tokens of the prompt; several numbers with commas between them.")
  var prompt = NumberList([512])

  @Option(help: "The tokens that are there when generating begins; several numbers with commas between them.")
  var context = NumberList([0])

  @Option(help: "The tokens to generate; 0 leaves it out.")
  var generate = 128

  @Option(help: "How often each is measured.")
  var repetitions = 5

  @Option(help: "The format of the linear layers: none leaves them as the file has them.")
  var quantization = BenchmarkQuantization.none

  @Option(help: "What flows into the products: int8, as llama.cpp, or float32.")
  var activations = BenchmarkActivations.int8

  @Option(name: .customLong("kv"), help: "The format of the key-value cache: f16, or f32 or q8_0.")
  var cacheFormat = KVFormat.f16

  func validate() throws {
    if prompt.numbers.contains(where: { $0 < 1 }) || repetitions < 1 {
      throw ValidationError("--prompt and --repetitions are at least 1")
    }
    if context.numbers.contains(where: { $0 < 0 }) || generate < 0 {
      throw ValidationError("--context and --generate are at least 0")
    }
  }

  func run() throws {
    try options.prepare()
    let loaded = try BenchmarkModel(options.model, quantization: quantization, activations: activations.activations)
    let limit = loaded.model.configuration.contextLength
    guard let longest = (prompt.numbers + context.numbers.map { $0 + generate }).max(), longest <= limit else {
      throw BenchmarkFailure(description: "'\(options.model)' reads at most \(limit) tokens")
    }
    let bench = try InferenceMeasurement(loaded.model, cache: cacheFormat, longest: longest, repetitions: repetitions)
    let start = try timed { try bench.readFirst() }.seconds
    let prompts = try prompt.numbers.map { try bench.read($0) }
    let contexts = generate == 0 ? [] : try context.numbers.map { try bench.write(generate, after: $0) }
    let members = loaded.description.merging(bench.description) { $1 }
    // The last of all, because its memory is not the model's.
    let roofline = Roofline.measured()
    report(
      members.merging(summary(prompts, contexts, roofline)) { $1 }.merging([
        "load_to_first_token_s": .number(loaded.loadSeconds + start), "roofline": roofline.report,
        "generate": .integer(generate), "repetitions": .integer(repetitions),
      ]) { $1 })
  }

  /// All prompts and contexts, and the first of each under the names that a single one has.
  private func summary(
    _ prompts: [PromptMeasurement], _ contexts: [GenerationMeasurement], _ roofline: Roofline
  ) -> [String: JSONValue] {
    var members: [String: JSONValue] = [
      "prompts": .array(prompts.map { .object($0.report(roofline)) }),
      "contexts": .array(contexts.map { .object($0.report(roofline)) }),
    ]
    for single in [prompts.first?.report(roofline), contexts.first?.report(roofline)] {
      members.merge(single ?? [:]) { $1 }
    }
    return members
  }
}

/// What flows into the products of a measurement.
enum BenchmarkActivations: String, ExpressibleByArgument, CaseIterable {
  case int8
  case float32

  var activations: Activations { self == .int8 ? .int8 : .float32 }
}

extension KVFormat: ExpressibleByArgument {}
