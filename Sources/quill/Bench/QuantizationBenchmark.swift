import ArgumentParser
import JSONValue
import LanguageModels
import ModelFiles
import Quantization

/// `quill bench quantize`: how fast the linear layers of a model are brought into another format.
struct QuantizationBenchmark: ParsableCommand {
  /// What can be quantized to.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case nf4
  }

  static let configuration = CommandConfiguration(
    commandName: "quantize", abstract: "Seconds to quantize all linear layers of a model.")

  @OptionGroup var options: BenchmarkOptions

  @Option(help: "The format.")
  var format = Format.nf4

  @Option(help: "How often it is measured.")
  var repetitions = 5

  func validate() throws {
    if repetitions < 1 { throw ValidationError("--repetitions is at least 1") }
  }

  func run() throws {
    try options.prepare()
    let loaded = try BenchmarkModel(options.model, quantization: .none)
    let weights = loaded.model.blocks.reduce(0) { sum, block in
      sum + LinearLayer.allCases.reduce(0) { $0 + block[$1].count }
    }
    var quantized = try loaded.model.quantized()
    let seconds = try (0..<repetitions).map { _ in
      try timed { quantized = try loaded.model.quantized() }.seconds
    }
    report(
      loaded.description.merging([
        "format": .string(format.rawValue), "quantize_s": .number(median(seconds)), "weights": .integer(weights),
        "weights_per_s": .number(Double(weights) / median(seconds)), "quantized_bytes": .integer(quantized.byteCount),
        "repetitions": .integer(repetitions), "all_s": .array(seconds.map { .number($0) }),
      ]) { $1 })
  }
}
