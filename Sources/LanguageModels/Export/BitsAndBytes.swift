import Foundation
import JSONValue
import ModelFiles
import Quantization
import TensorCore

/// Quantized linear layers as bitsandbytes saves them, and what `config.json` says of them.
///
/// Layers are computed in float32 (`bnb_4bit_compute_dtype`), as here, so that logits are the same in both; on a GPU
/// bfloat16 is faster.
struct BitsAndBytes {
  /// What a matrix is in bitsandbytes' terms; `nil` for what it does not store.
  enum Kind: Hashable {
    /// `nf4` or `fp4`.
    case fourBit(type: String, doubleQuantized: Bool)
    case eightBit

    init?(_ weight: WeightMatrix) {
      switch weight.storage {
      case .codeBook(let weights):
        if case .doubleQuantized = weights.scales {
          self = .fourBit(type: weights.codeBook.name, doubleQuantized: true)
        } else {
          self = .fourBit(type: weights.codeBook.name, doubleQuantized: false)
        }
      case .int8: self = .eightBit
      default: return nil
      }
    }

    var name: String {
      switch self {
      case .fourBit(let type, let isDouble): isDouble ? "\(type) + double quantization" : type
      case .eightBit: "int8"
      }
    }
  }

  let kind: Kind
  /// Modules that are not quantized though they are linear layers; `nil` when transformers finds them itself.
  let skippedModules: [String]?

  /// What the linear layers of a model have in common; `nil` when none is quantized so.
  ///
  /// - Throws: ``ExportError/mixedQuantization(_:_:)``.
  init?(_ model: LanguageModel) throws(ExportError) {
    var kind: Kind?
    var skipped: [String] = []
    for index in model.blocks.indices {
      for layer in LinearLayer.allCases {
        guard let own = Kind(model.blocks[index][layer]) else {
          skipped.append(layer.path(inBlock: index))
          continue
        }
        if let kind, kind != own { throw .mixedQuantization(kind.name, own.name) }
        kind = own
      }
    }
    guard let kind else { return nil }
    self.kind = kind
    skippedModules = skipped.isEmpty ? nil : skipped + ["lm_head"]
  }

  /// `quantization_config`, with every key that transformers writes.
  var configuration: JSONValue {
    var (isFourBit, type, isDouble) = (false, "fp4", false)
    if case .fourBit(let name, let doubleQuantized) = kind {
      (isFourBit, type, isDouble) = (true, name, doubleQuantized)
    }
    return [
      "_load_in_4bit": .bool(isFourBit), "_load_in_8bit": .bool(!isFourBit), "bnb_4bit_compute_dtype": "float32",
      "bnb_4bit_quant_storage": "uint8", "bnb_4bit_quant_type": .string(type),
      "bnb_4bit_use_double_quant": .bool(isDouble), "llm_int8_enable_fp32_cpu_offload": false,
      "llm_int8_has_fp16_weight": false,
      "llm_int8_skip_modules": skippedModules.map { .array($0.map(JSONValue.string)) } ?? .null,
      "llm_int8_threshold": .number(6), "load_in_4bit": .bool(isFourBit), "load_in_8bit": .bool(!isFourBit),
      "quant_method": "bitsandbytes",
    ]
  }
}

// MARK: - Tensors

extension BitsAndBytes {
  /// The tensors of a quantized layer; `nil` for a weight that bitsandbytes does not store.
  ///
  /// - Parameter name: The weight's own, which ends in `.weight`.
  static func tensors(of weight: WeightMatrix, _ name: String) -> [SafetensorsWriter.Tensor]? {
    switch weight.storage {
    case .codeBook(let weights): return tensors(of: weights, shape: [weight.rows, weight.columns], name)
    case .int8(let weights):
      let module = name.dropLast(".weight".count)
      return [
        tensor(name, .i8, [weight.rows, weight.columns], weights.codes),
        tensor("\(module).SCB", .f32, [weight.rows], weights.rowMaxima),
        tensor("\(module).weight_format", .u8, [], Bytes([UInt8(0)])),
      ]
    default: return nil
    }
  }

  private static func tensors(
    of weights: CodeBookWeights, shape: [Int], _ name: String
  ) -> [SafetensorsWriter.Tensor] {
    var tensors = [
      tensor(name, .u8, [weights.codes.count, 1], weights.codes),
      tensor("\(name).quant_map", .f32, [weights.codeBook.levels.count], Bytes(weights.codeBook.levels)),
    ]
    switch weights.scales {
    case .float32(let scales): tensors.append(tensor("\(name).absmax", .f32, [weights.blockCount], scales))
    case .doubleQuantized(let scales):
      tensors += [
        tensor("\(name).absmax", .u8, [weights.blockCount], scales.codes),
        tensor("\(name).nested_absmax", .f32, [scales.groupScales.count], Bytes(scales.groupScales)),
        tensor("\(name).nested_quant_map", .f32, [scales.map.count], Bytes(scales.map)),
      ]
    }
    let state = Bytes(Array(state(of: weights, shape: shape).utf8))
    let key = "\(name).quant_state.bitsandbytes__\(weights.codeBook.name)"
    return tensors + [tensor(key, .u8, [state.count], state)]
  }

  /// What bitsandbytes packs as text beside the codes, in the order and spelling of Python's `json.dumps`.
  private static func state(of weights: CodeBookWeights, shape: [Int]) -> String {
    var fields = [
      "\"quant_type\": \"\(weights.codeBook.name)\"", "\"blocksize\": \(weights.blockSize)", "\"dtype\": \"float32\"",
      "\"shape\": [\(shape.map(String.init).joined(separator: ", "))]",
    ]
    if case .doubleQuantized(let scales) = weights.scales {
      fields += [
        "\"nested_blocksize\": \(scales.groupSize)", "\"nested_dtype\": \"float32\"",
        "\"nested_offset\": \(Double(scales.offset))",
      ]
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func tensor(
    _ name: String, _ type: SafetensorsType, _ shape: [Int], _ bytes: Bytes
  ) -> SafetensorsWriter.Tensor {
    SafetensorsWriter.Tensor(name: name, type: type, shape: shape, bytes: TensorBytes(bytes))
  }
}
