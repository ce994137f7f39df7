import Quantization
import TensorCore

extension HuggingFaceFolder {
  /// The matrix of a module in the format in which it is stored, mapped and not copied where it can be.
  ///
  /// - Parameters:
  ///   - module: The name of its tensors without `.weight`: `model.layers.0.self_attn.q_proj`.
  ///   - quantization: What ``CheckpointQuantization/init(_:)`` gave for the folder. A module without quantized parts is
  ///     a plain matrix, as embeddings and heads are in most.
  /// - Throws: ``HuggingFaceError``.
  package func matrix(
    _ module: String, rows: Int, columns: Int, _ quantization: CheckpointQuantization?
  ) throws(HuggingFaceError) -> WeightMatrix {
    let parts = QuantizedParts(folder: self, module: module, rows: rows, columns: columns)
    let packed: WeightMatrix.Storage? =
      switch quantization {
      case .bitsandbytes4: try parts.codeBookWeights()
      case .bitsandbytes8: try parts.int8Weights()
      case .gptq(let bits, let groupSize, let zeroPoints):
        try parts.gptqWeights(bits: bits, groupSize: groupSize, zeroPoints)
      case .awq(let groupSize): try parts.awqWeights(groupSize: groupSize)
      case nil: nil
      }
    if let packed { return WeightMatrix(rows: rows, columns: columns, storage: packed) }
    let plain = try plainWeights(module + ".weight", shape: [rows, columns])
    return WeightMatrix(rows: rows, columns: columns, storage: plain)
  }

  /// A vector as float32.
  ///
  /// - Throws: ``HuggingFaceError``.
  package func vector(_ name: String, count: Int) throws(HuggingFaceError) -> [Float] {
    guard case .blocks(let format, let bytes) = try plainWeights(name, shape: [count]) else { return [] }
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0 {
        bytes.withUnsafeBytes { format.decode($0.baseAddress!, count: count, into: buffer.baseAddress!) }
      }
      initialized = count
    }
  }

  /// The numbers of a tensor of floats, mapped unless they lie at odd addresses.
  private func plainWeights(_ name: String, shape: [Int]) throws(HuggingFaceError) -> WeightMatrix.Storage {
    guard let tensor = tensor(name) else { throw failure(.missingTensor(name), of: name) }
    guard let format = tensor.type.blockFormat else {
      let expected = "F32, F16 or BF16"
      throw failure(.tensorType(name, found: tensor.type.rawValue, expected: expected), of: name)
    }
    guard tensor.shape == shape else {
      throw failure(.tensorShape(name, found: tensor.shape, expected: shape), of: name)
    }
    let bytes = data(of: tensor)
    let isAligned = Int(bitPattern: bytes.pointer) % tensor.type.size == 0
    return .blocks(format, isAligned ? bytes : bytes.copy())
  }

  func failure(_ reason: HuggingFaceError.Reason, of name: String) -> HuggingFaceError {
    HuggingFaceError(path: path(ofTensor: name), reason: reason)
  }
}

extension SafetensorsType {
  /// The same numbers as a format of weights; `nil` for integers and for float64.
  package var blockFormat: BlockFormat? {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    default: nil
    }
  }
}
