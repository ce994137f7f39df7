import JSONValue
import Quantization

/// How the linear layers of a checkpoint are packed: `quantization_config` of `config.json`.
package enum CheckpointQuantization: Sendable, Hashable {
  /// NF4 or FP4 as bitsandbytes writes them; the tensors themselves say which.
  case bitsandbytes4
  /// LLM.int8 of bitsandbytes.
  case bitsandbytes8
  /// - Parameter groupSize: -1 for one group of all columns.
  case gptq(bits: Int, groupSize: Int, zeroPoints: GroupedWeights.ZeroPoints)
  /// The `gemm` layout, 4 bits.
  case awq(groupSize: Int)

  /// Reads the settings; `nil` when the checkpoint is not quantized.
  ///
  /// - Throws: ``HuggingFaceError`` that names the first setting that Quill does not read.
  package init?(_ configuration: HuggingFaceKeys) throws(HuggingFaceError) {
    guard let settings = try configuration.object("quantization_config") else { return nil }
    let known = "bitsandbytes, gptq or awq"
    switch try settings.string("quant_method") {
    case "bitsandbytes", nil: self = try Self.bitsandbytes(settings, known: known)
    case "gptq": self = try Self.gptq(settings)
    case "awq": self = try Self.awq(settings)
    default: throw settings.impossible("quant_method", expected: known)
    }
  }

  /// Files before `quant_method` was there are told by their other keys.
  private static func bitsandbytes(
    _ settings: HuggingFaceKeys, known: String
  ) throws(HuggingFaceError) -> CheckpointQuantization {
    if try settings.bool("load_in_4bit") == true {
      let key = "bnb_4bit_quant_type"
      if let type = try settings.string(key), !["nf4", "fp4"].contains(type) {
        throw settings.impossible(key, expected: "nf4 or fp4")
      }
      return .bitsandbytes4
    }
    guard try settings.bool("load_in_8bit") == true else { throw settings.impossible("quant_method", expected: known) }
    return .bitsandbytes8
  }

  private static func gptq(_ settings: HuggingFaceKeys) throws(HuggingFaceError) -> CheckpointQuantization {
    let bits = try settings.required("bits", settings.integer("bits", in: 1...32))
    guard GroupedWeights.supportedBits.contains(bits) else {
      throw settings.impossible("bits", expected: "one of \(GroupedWeights.supportedBits)")
    }
    // Exceptions for some modules leave them as they are when they begin with a minus sign.
    if let exceptions = try settings.object("dynamic"), !exceptions.members.keys.allSatisfy({ $0.hasPrefix("-:") }) {
      throw settings.impossible("dynamic", expected: "the same settings for all quantized modules")
    }
    let zeroPoints: GroupedWeights.ZeroPoints
    switch try settings.string("checkpoint_format") ?? "gptq" {
    case "gptq": zeroPoints = .lessOne
    case "gptq_v2": zeroPoints = .exact
    default: throw settings.impossible("checkpoint_format", expected: "gptq or gptq_v2")
    }
    return .gptq(bits: bits, groupSize: try groupSize(settings), zeroPoints: zeroPoints)
  }

  private static func awq(_ settings: HuggingFaceKeys) throws(HuggingFaceError) -> CheckpointQuantization {
    // Both libraries and transformers take other names for the two keys.
    let key = settings["bits"] == nil ? "w_bit" : "bits"
    guard try settings.integer(key, in: 1...32) == 4 else { throw settings.impossible(key, expected: "4") }
    let version = try settings.string("version") ?? "gemm"
    guard version.lowercased() == "gemm" else { throw settings.impossible("version", expected: "gemm") }
    return .awq(groupSize: try groupSize(settings, orNamed: "q_group_size"))
  }

  private static func groupSize(
    _ settings: HuggingFaceKeys, orNamed other: String = "group_size"
  ) throws(HuggingFaceError) -> Int {
    let key = settings["group_size"] == nil ? other : "group_size"
    let size = try settings.required(key, settings.integer(key, in: -1...1 << 24))
    guard size != 0 else { throw settings.impossible(key, expected: "-1 or a positive number") }
    return size
  }
}
