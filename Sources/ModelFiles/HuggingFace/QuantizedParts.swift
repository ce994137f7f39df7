import Foundation
import JSONValue
import Quantization
import TensorCore

/// The tensors of which a quantized layer of a checkpoint consists, by the names that bitsandbytes, GPTQ and AWQ give
/// them.
struct QuantizedParts {
  let folder: HuggingFaceFolder
  let module: String
  let rows: Int
  let columns: Int

  /// All tensors that the layer can have beside its bias.
  static let suffixes = [
    ".weight", ".weight.absmax", ".weight.quant_map", ".weight.nested_absmax", ".weight.nested_quant_map",
    ".weight.quant_state.bitsandbytes__nf4", ".weight.quant_state.bitsandbytes__fp4", ".SCB", ".weight_format",
    ".qweight", ".qzeros", ".scales", ".g_idx",
  ]

  /// GPTQ's parts; `nil` when the layer is not quantized.
  func gptqWeights(
    bits: Int, groupSize: Int, _ zeroPoints: GroupedWeights.ZeroPoints
  ) throws(HuggingFaceError) -> WeightMatrix.Storage? {
    guard has(".qweight") else { return nil }
    let (codes, zeros, scales) = try (data(".qweight", .i32), data(".qzeros", .i32), floats(".scales"))
    let index = has(".g_idx") ? try data(".g_idx", .i32) : nil
    return try checked { () throws(QuantizationError) in
      .grouped(
        try GroupedWeights(
          rows: rows, columns: columns, bits: bits, groupSize: groupSize, qweight: codes, qzeros: zeros,
          scales: scales.bytes, scaleFormat: scales.format, groupIndex: index, zeroPoints: zeroPoints))
    }
  }

  /// AWQ's parts; `nil` when the layer is not quantized.
  func awqWeights(groupSize: Int) throws(HuggingFaceError) -> WeightMatrix.Storage? {
    guard has(".qweight") else { return nil }
    let (codes, zeros, scales) = try (data(".qweight", .i32), data(".qzeros", .i32), floats(".scales"))
    return try checked { () throws(QuantizationError) in
      .grouped(
        try GroupedWeights(
          rows: rows, columns: columns, groupSize: groupSize, awqWeight: codes, qzeros: zeros, scales: scales.bytes,
          scaleFormat: scales.format))
    }
  }

  /// The parts of LLM.int8; `nil` when the layer is not quantized.
  func int8Weights() throws(HuggingFaceError) -> WeightMatrix.Storage? {
    guard has(".SCB") else { return nil }
    let (codes, maxima) = try (data(".weight", .i8), data(".SCB", .f32))
    // 0 is row after row; the others are orders for some graphics processors.
    if has(".weight_format"), try data(".weight_format", .u8).array(of: UInt8.self).first != 0 {
      throw failure(.tensorType(module + ".weight_format", found: "another order", expected: "0, row after row"))
    }
    return try checked { () throws(QuantizationError) in
      .int8(try Int8Weights(rows: rows, columns: columns, codes: codes, rowMaxima: maxima))
    }
  }
}

// MARK: - bitsandbytes, 4 bits

extension QuantizedParts {
  /// The parts of NF4 and FP4; `nil` when the layer is not quantized.
  func codeBookWeights() throws(HuggingFaceError) -> WeightMatrix.Storage? {
    let names = ["nf4", "fp4"].map { ".weight.quant_state.bitsandbytes__" + $0 }
    guard has(".weight.absmax") || names.contains(where: has) else { return nil }
    let state = try state(names.first(where: has) ?? names[0])
    let type = try state.required("quant_type", state.string("quant_type"))
    let blockSize = try state.required("blocksize", state.integer("blocksize", in: 1...1 << 20))
    let shape = state["shape"]?.array?.compactMap(\.integer)
    guard shape == [rows, columns] else { throw state.impossible("shape", expected: "[\(rows),\(columns)]") }
    let levels = try data(".weight.quant_map", .f32)
    // The codes may be said to be numbers of any type: `bnb_4bit_quant_storage`.
    let codes = try data(".weight", nil)
    let nested = try nestedScales(state)
    let scales = try nested == nil ? data(".weight.absmax", .f32) : nil
    return try checked { () throws(QuantizationError) in
      .codeBook(
        try CodeBookWeights(
          rows: rows, columns: columns, codeBook: CodeBook(name: type, quantMap: levels), blockSize: blockSize,
          codes: codes, scales: nested.map { .doubleQuantized($0) } ?? .float32(scales ?? codes)))
    }
  }

  /// Scales that are quantized themselves; `nil` when they are float32.
  private func nestedScales(_ state: HuggingFaceKeys) throws(HuggingFaceError) -> DoubleQuantizedScales? {
    guard has(".weight.nested_absmax") else { return nil }
    let codes = try data(".weight.absmax", .u8)
    let (scales, map) = try (data(".weight.nested_absmax", .f32), data(".weight.nested_quant_map", .f32))
    let size = try state.required("nested_blocksize", state.integer("nested_blocksize", in: 1...1 << 20))
    guard let offset = state["nested_offset"]?.number, Float(offset).isFinite else {
      throw state.impossible("nested_offset", expected: "a number")
    }
    return try checked { () throws(QuantizationError) in
      try DoubleQuantizedScales(codes: codes, groupScales: scales, groupSize: size, offset: Float(offset), map: map)
    }
  }

  /// The JSON that is stored as a tensor of bytes.
  private func state(_ suffix: String) throws(HuggingFaceError) -> HuggingFaceKeys {
    let text = try data(suffix, .u8)
    guard case .object(let members)? = try? JSONValue(parsing: text.data) else {
      throw failure(.tensorType(module + suffix, found: "other bytes", expected: "a JSON object"))
    }
    return HuggingFaceKeys(
      path: folder.path(ofTensor: module + suffix), members: members, prefix: module + suffix + ": ")
  }
}

// MARK: - Tensors

extension QuantizedParts {
  private func has(_ suffix: String) -> Bool { folder.tensor(module + suffix) != nil }

  /// The bytes of a part, whose numbers must have a type; `nil` for any.
  private func data(_ suffix: String, _ type: SafetensorsType?) throws(HuggingFaceError) -> Bytes {
    let name = module + suffix
    guard let tensor = folder.tensor(name) else { throw failure(.missingTensor(name)) }
    if let type, tensor.type != type {
      throw failure(.tensorType(name, found: tensor.type.rawValue, expected: type.rawValue))
    }
    return folder.data(of: tensor)
  }

  private func floats(_ suffix: String) throws(HuggingFaceError) -> (format: BlockFormat, bytes: Bytes) {
    let name = module + suffix
    guard let tensor = folder.tensor(name) else { throw failure(.missingTensor(name)) }
    guard let format = tensor.type.blockFormat else {
      throw failure(.tensorType(name, found: tensor.type.rawValue, expected: "F32, F16 or BF16"))
    }
    return (format, folder.data(of: tensor))
  }

  /// Names the layer in errors of its parts.
  private func checked<Value>(_ body: () throws(QuantizationError) -> Value) throws(HuggingFaceError) -> Value {
    do throws(QuantizationError) { return try body() } catch { throw failure(.quantization(module, error)) }
  }

  private func failure(_ reason: HuggingFaceError.Reason) -> HuggingFaceError {
    folder.failure(reason, of: module + ".weight")
  }
}

extension HuggingFaceFolder {
  /// The names that the tensors of a module's weight can have.
  package static func names(ofModule module: String) -> [String] { QuantizedParts.suffixes.map { module + $0 } }
}
