import CTensorKernels
import TensorCore

extension BlockFormat {
  /// The formats that can be written, ascending by their type id.
  package static let encodable = allCases.filter { $0.canEncode }

  /// Whether weights can be encoded in this format.
  package var canEncode: Bool { encoder(in: InstructionSet.current.kernels) != nil }

  /// Encodes `count` elements, whole blocks of them, byte for byte as llama.cpp's `ggml_quantize_chunk`.
  ///
  /// - Parameters:
  ///   - values: `count` numbers.
  ///   - out: Receives ``bytes(for:)`` bytes.
  /// - Throws: ``QuantizationError/notEncodable(_:)`` for a format that is only read,
  ///   ``QuantizationError/rowNotDivisible(columns:format:multiple:)`` when the last block is not whole, and
  ///   ``QuantizationError/notFinite(_:)`` when a block of codes would hold infinity or not-a-number; F32, F16 and BF16
  ///   keep those.
  /// - Complexity: O(`count`).
  package func encode(
    _ values: UnsafePointer<Float>, count: Int, into out: UnsafeMutableRawPointer,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) throws(QuantizationError) {
    guard let encode = encoder(in: kernels) else { throw .notEncodable(self) }
    guard count % blockSize == 0 else {
      throw .rowNotDivisible(columns: count, format: name, multiple: blockSize)
    }
    if encode(values, count, out.assumingMemoryBound(to: UInt8.self)) != 0 { throw .notFinite(self) }
  }

  /// The encoders that there are; each is a row of this table and a function of `encode.inc`.
  private func encoder(in kernels: tk_kernels) -> tk_encode? {
    switch self {
    case .f32: kernels.encode_f32
    case .f16: kernels.encode_f16
    case .bf16: kernels.encode_bf16
    case .q4_0: kernels.encode_q4_0
    case .q8_0: kernels.encode_q8_0
    default: nil
    }
  }
}
