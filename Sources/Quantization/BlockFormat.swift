import CTensorKernels
import TensorCore

/// A tensor format of ggml that Quill reads; the raw value is ggml's type id, as GGUF files store it.
///
/// Layouts: `ggml-common.h` of llama.cpp. Block sizes count elements along a row.
package enum BlockFormat: UInt32, CaseIterable, Sendable, Hashable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q2_K = 10
  case q3_K = 11
  case q4_K = 12
  case q5_K = 13
  case q6_K = 14
  case iq4_NL = 20
  case iq4_XS = 23
  case bf16 = 30
  case tq1_0 = 34
  case tq2_0 = 35
  case mxfp4 = 39

  /// Elements that share one block.
  package var blockSize: Int {
    switch self {
    case .f32, .f16, .bf16: 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4_NL, .mxfp4: 32
    case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_XS, .tq1_0, .tq2_0: 256
    }
  }

  /// Bytes of one block.
  package var bytesPerBlock: Int {
    switch self {
    case .f32: 4
    case .f16, .bf16: 2
    case .q4_0, .iq4_NL: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q8_0: 34
    case .mxfp4: 17
    case .q2_K: 84
    case .q3_K: 110
    case .q4_K: 144
    case .q5_K: 176
    case .q6_K: 210
    case .iq4_XS: 136
    case .tq1_0: 54
    case .tq2_0: 66
    }
  }

  /// The name as llama.cpp and a cell write it: `q4_K`, `f16`.
  package var name: String { "\(self)" }

  package var bitsPerWeight: Double { Double(bytesPerBlock * 8) / Double(blockSize) }

  /// Bytes of a row, which must be whole blocks.
  package func bytes(for columns: Int) -> Int {
    precondition(columns % blockSize == 0, "\(columns) columns in blocks of \(blockSize)")
    return columns / blockSize * bytesPerBlock
  }
}

// MARK: - Decoding

extension BlockFormat {
  /// Decodes `count` elements, whole blocks of them, to float32.
  package func decode(
    _ blocks: UnsafeRawPointer, count: Int, into out: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(count % blockSize == 0, "\(count) elements in blocks of \(blockSize)")
    decoder(in: kernels)(blocks.assumingMemoryBound(to: UInt8.self), count, out)
  }

  private func decoder(in kernels: tk_kernels) -> tk_decode {
    switch self {
    case .f32: kernels.decode_f32
    case .f16: kernels.decode_f16
    case .bf16: kernels.decode_bf16
    case .q4_0: kernels.decode_q4_0
    case .q4_1: kernels.decode_q4_1
    case .q5_0: kernels.decode_q5_0
    case .q5_1: kernels.decode_q5_1
    case .q8_0: kernels.decode_q8_0
    case .q2_K: kernels.decode_q2_K
    case .q3_K: kernels.decode_q3_K
    case .q4_K: kernels.decode_q4_K
    case .q5_K: kernels.decode_q5_K
    case .q6_K: kernels.decode_q6_K
    case .iq4_NL: kernels.decode_iq4_nl
    case .iq4_XS: kernels.decode_iq4_xs
    case .mxfp4: kernels.decode_mxfp4
    case .tq1_0: kernels.decode_tq1_0
    case .tq2_0: kernels.decode_tq2_0
    }
  }
}
