import CommandLanguage
import Figures
import Generation
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import Tokenization

/// Text in and out of a model: `generate`, `nextTokens`, `tokens`, `logits`, `compare`.
enum TextCommands {
  static let all: [Command] =
    [tokens, text, generate, nextTokens, logits, compare] + generationMembers + tokenMembers + matrixMembers

  private static let tokens = Command.method(
    "tokens", of: ModelValue.self, [.labelled("of", .string, "The text.")], returns: "[Token]",
    "Cuts a text into the model's tokens.", example: "load(\"smollm2-135m\").tokens(of: \"Hello\")",
    neighbours: ["HF": "tokenizer"]
  ) { value, call in
    .array(value.model.tokenizer.tokens(of: call.string("of")).map { TokenValue(token: $0, probability: nil).value })
  }

  private static let text = Command.method(
    "text", of: ModelValue.self, [.labelled("of", .array(of: .int), "Token ids.")], returns: .string,
    "Turns token ids into text.", example: "load(\"smollm2-135m\").text(of: [19556])", neighbours: ["HF": "decode"]
  ) { value, call in
    let ids = call.ints("of")
    try value.model.check(ids)
    return try value.model.tokenizer.text(of: ids).value
  }

  /// How the next token is chosen, for every command that generates.
  static let samplingParameters: [Parameter] = [
    .labelled(
      "maxTokens", .int, default: 64, in: 1...1_000_000, unit: "tokens",
      neighbours: ["HF": "max_new_tokens", "llama.cpp": "-n"], "The most tokens that are added."),
    .labelled(
      "temperature", .double, default: 0.8, in: 0.0...100.0, neighbours: ["llama.cpp": "temp"],
      "Divides the logits: low is careful, high is wild, 0 always takes the likeliest token."),
    .labelled(
      "topK", .int, default: 0, in: 0..., unit: "tokens", neighbours: ["HF": "top_k"],
      "Only this many of the likeliest tokens are kept; 0 keeps all."),
    .labelled(
      "topP", .double, default: 1, in: 0.0...1.0, neighbours: ["HF": "top_p"],
      "Only the likeliest tokens that together have this probability are kept."),
    .labelled(
      "minP", .double, default: 0, in: 0.0...1.0, neighbours: ["HF": "min_p"],
      "Only tokens with this share of the likeliest one's probability are kept."),
    .labelled(
      "repetitionPenalty", .double, default: 1, in: 0.01...100.0, neighbours: ["HF": "repetition_penalty"],
      "Above 1, tokens that were there before become less likely."),
    .labelled(
      "stop", .array(of: .string), default: [], neighbours: ["HF": "stop_strings"], "Texts before which to stop."),
    .labelled("seed", .int, default: 0, in: 0..., "The same seed draws the same tokens."),
    .labelled(
      "draftTokens", .int, default: 0, in: 0...GenerationOptions.draftTokensLimit, unit: "tokens",
      neighbours: ["HF": "prompt_lookup_num_tokens", "llama.cpp": "--draft-max"],
      "Up to so many tokens are guessed from what was there before and checked together: faster where text repeats, and the same text."
    ),
  ]

  private static let generate = Command.method(
    "generate", of: ModelValue.self, [.unlabelled("prompt", .string, "The text to continue.")] + samplingParameters,
    returns: "Generation", "Continues a text; it streams while it is written.",
    example: "load(\"smollm2-135m\").generate(\"The movie was\", maxTokens: 8, temperature: 0)",
    neighbours: ["HF": "generate", "llama.cpp": "llama-cli"], source: "Holtzman et al., 2020, arXiv:1904.09751 (top-p)"
  ) { value, call in
    let prompt = call.string("prompt")
    let (output, isCancelled) = (call.output, call.isCancelled)
    output.write(prompt, to: .standardOutput)
    defer { output.write("\n", to: .standardOutput) }
    let generation = try interruptible {
      try value.withContext { context in
        try TextGenerator(context).generate(prompt, options(of: call), isCancelled: isCancelled) {
          output.write($0, to: .standardOutput)
        }
      }
    }
    return GenerationValue(generation: generation).value
  }

  /// The options of a call with ``samplingParameters``.
  static func options(of call: Invocation) -> GenerationOptions {
    GenerationOptions(
      maxTokens: call.int("maxTokens"),
      sampling: SamplingOptions(
        temperature: call.double("temperature"), topK: call.int("topK"), topP: call.double("topP"),
        minP: call.double("minP"), repetitionPenalty: call.double("repetitionPenalty"),
        seed: UInt64(call.int("seed"))),
      stop: call.strings("stop"), draftTokens: call.int("draftTokens"))
  }

  private static let nextTokens = Command.method(
    "nextTokens", of: ModelValue.self,
    [
      .labelled("after", .oneOf([.string, .array(of: .int)]), "The text so far, or its token ids."),
      .labelled("top", .int, default: 10, in: 1...1000, unit: "tokens", "How many of the likeliest are shown."),
    ],
    returns: "Figure", "Shows which tokens the model finds likeliest next, with their probabilities.",
    example: "load(\"smollm2-135m\").nextTokens(after: \"The capital of France is\", top: 5)"
  ) { value, call in
    let ids = ids(of: call.value("after"), value.model)
    let logits = try interruptible {
      try value.withContext { try $0.read(ids, isCancelled: call.isCancelled).logits }
    }
    let likeliest = try logits.withUnsafeBufferPointer { try topTokens(of: $0, call.int("top")) }
    let rows = try likeliest.map { candidate in
      ProbabilityBars.Row(
        token: try value.model.tokenizer.token(candidate.id).text, probability: Double(candidate.probability))
    }
    return FigureValue(ProbabilityBars(rows: rows, title: "", topP: nil)).value
  }

  private static let logits = Command.method(
    "logits", of: ModelValue.self,
    [.labelled("of", .oneOf([.string, .array(of: .int)]), "A text, or token ids.")], returns: "Matrix",
    "The model's raw scores for every token of the vocabulary after each token of a text.",
    example: "load(\"smollm2-135m\").logits(of: \"The capital\").shape"
  ) { value, call in
    let logits = try interruptible {
      try InferenceContext(value.model).readAll(ids(of: call.value("of"), value.model), isCancelled: call.isCancelled)
    }
    return MatrixValue(rows: logits.rows, columns: logits.columns, values: logits.values).value
  }

  /// The token ids of a text, or the ids themselves.
  private static func ids(of value: Value, _ model: LanguageModel) -> [Int] {
    value.string.map { model.tokenizer.ids(of: $0) } ?? value.array?.compactMap(\.int) ?? []
  }

  private static let compare = Command.function(
    "compare",
    [
      .variadic("models", .object("Model"), "The models, the base first."),
      .labelled("prompts", .array(of: .string), "What each of them continues."),
      .labelled("maxTokens", .int, default: 32, in: 1...10_000, unit: "tokens", "The most tokens that are added."),
    ],
    returns: "Figure", "Continues the same texts greedily with several models and marks the words that differ.",
    example: "compare(load(\"smollm2-135m\"), prompts: [\"The movie was\"], maxTokens: 4)"
  ) { call in
    let models = call.array("models").compactMap { $0.object(as: ModelValue.self) }
    guard !models.isEmpty else { throw NothingToCompare() }
    let options = GenerationOptions(maxTokens: call.int("maxTokens"), sampling: .greedy)
    let rows = try interruptible {
      try call.strings("prompts").map { prompt in
        ComparisonTable.Row(
          prompt: prompt,
          answers: try models.map { value in
            try value.withContext {
              try TextGenerator($0).generate(prompt, options, isCancelled: call.isCancelled).text
            }
          })
      }
    }
    return FigureValue(ComparisonTable(title: "", models: names(of: models), rows: rows)).value
  }

  private static func names(of models: [ModelValue]) -> [String] {
    models.map { value in
      let format = value.model.blocks.first?[.q].formatName.split(separator: " ").first.map(String.init) ?? ""
      return value.model.adapter == nil ? format : "\(format) with adapter"
    }
  }
}

/// `compare` was called without a model.
struct NothingToCompare: CommandFailure {
  var message: String { "'compare' needs at least one model" }
  var help: String? { "compare(base, tuned, prompts: [\"The movie was\"])" }
}
