import JSONValue
import LanguageModels
import TensorCore

/// One model whose reading and writing are measured, with one context for all of it.
struct InferenceMeasurement {
  private let context: InferenceContext
  private let tokens: [Int]
  private let repetitions: Int
  private let cacheFormat: KVFormat

  /// - Throws: ``BenchmarkFailure`` when the format of the cache does not fit the model's heads.
  init(_ model: LanguageModel, cache: KVFormat, longest: Int, repetitions: Int) throws {
    do throws(KVFormatError) {
      context = InferenceContext(try model.caching(in: cache))
    } catch {
      throw BenchmarkFailure(
        description: "a cache in \(error.format.rawValue) needs heads of a multiple of "
          + "\(error.format.headSizeMultiple) numbers; this model's have \(error.headSize)\nhelp: use --kv f16 or f32")
    }
    tokens = (0..<longest).map { (7919 * $0 + 13) % model.configuration.vocabularySize }
    cacheFormat = cache
    self.repetitions = repetitions
  }

  private var cost: InferenceCost { InferenceCost(context.model, cache: context.cache.layout) }

  /// Reads one token, for the first time.
  func readFirst() throws { _ = try context.read([tokens[0]]) }

  /// Reads a prompt at once and takes the likeliest token.
  func read(_ count: Int) throws -> PromptMeasurement {
    let prompt = Array(tokens.prefix(count))
    let seconds = try measure {
      context.truncate(to: 0)
      let logits = try context.read(prompt)
      _ = logits.indices.max { logits[$0] < logits[$1] }
    }
    let cost = cost
    return PromptMeasurement(
      tokens: count, seconds: seconds, operations: cost.operations(prompt: count), isInBytes: cost.isInBytes,
      usesMatrixUnit: context.model.activations == .int8 && context.backend.fusesProducts(ofRows: count))
  }

  /// Writes token by token after some that are already read.
  func write(_ count: Int, after start: Int) throws -> GenerationMeasurement {
    context.truncate(to: 0)
    if start > 0 { _ = try context.read(Array(tokens.prefix(start))) }
    let seconds = try measure {
      context.truncate(to: start)
      for token in tokens.prefix(count) { _ = try context.read([token]) }
    }
    let cost = cost
    return GenerationMeasurement(
      context: start, tokens: count, seconds: seconds, weightBytes: cost.weightBytes,
      cacheBytes: cost.cacheBytes(at: start + (count + 1) / 2))
  }

  /// What a report says of it.
  var description: [String: JSONValue] {
    [
      "kv": .string(cacheFormat.rawValue), "kv_bytes": .integer(context.cache.byteCount),
      "activations": .string(context.model.activations == .int8 ? "int8" : "float32"),
    ]
  }

  /// The seconds of each repetition, after one that is not counted.
  private func measure(_ work: () throws -> Void) throws -> [Double] {
    try work()
    return try (0..<repetitions).map { _ in try timed(work).seconds }
  }
}

/// A prompt that was read several times.
struct PromptMeasurement {
  let tokens: Int
  let seconds: [Double]
  let operations: Double
  let isInBytes: Bool
  let usesMatrixUnit: Bool

  func report(_ roofline: Roofline) -> [String: JSONValue] {
    let rate = operations / median(seconds)
    let peak = (usesMatrixUnit ? roofline.bfloat16 : isInBytes ? roofline.int8 : roofline.float32).rate
    return [
      "prompt": .integer(tokens), "pp_tok_s": .number(Double(tokens) / median(seconds)),
      "first_token_s": .number(median(seconds)), "pp_gop_s": .number(rate / 1e9),
      "pp_share_of_peak": peak.map { .number(rate / $0) } ?? .null, "pp_s": .array(seconds.map { .number($0) }),
    ]
  }
}

/// Tokens that were written several times, one by one.
struct GenerationMeasurement {
  let context: Int
  let tokens: Int
  let seconds: [Double]
  /// Bytes that a token reads, of weights and of keys and values.
  let weightBytes: Int
  let cacheBytes: Int

  func report(_ roofline: Roofline) -> [String: JSONValue] {
    let rate = Double(tokens) / median(seconds)
    let bytes = Double(weightBytes + cacheBytes)
    return [
      "context": .integer(context), "tg_tok_s": .number(rate), "tg_s": .array(seconds.map { .number($0) }),
      "weight_bytes_per_token": .integer(weightBytes), "kv_bytes_per_token": .integer(cacheBytes),
      "tg_gb_s": .number(rate * bytes / 1e9), "tg_share_of_read": .number(rate * bytes / roofline.readRate),
    ]
  }
}
