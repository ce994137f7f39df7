import CTensorKernels
import TensorCore

/// A matrix of short codes with a scale and a zero point for each group of a row: what GPTQ and AWQ store.
///
/// value = (code - zero) · scale. The codes of a row are one little-endian stream of bits, the first element in the
/// lowest; checkpoints, which keep inputs first and outputs side by side, are turned around once when they are read.
package struct GroupedWeights: Sendable {
  /// Which group an element of a row belongs to.
  package enum Grouping: Sendable {
    /// Neighbours: element i to group i / size.
    case consecutive(Int)
    /// Any: GPTQ's `g_idx`, int32 `[columns]`, where columns were quantized in the order of their weight.
    case indexed(Bytes)
  }

  /// The numbers of bits that a code can have.
  package static let supportedBits = [2, 3, 4, 8]

  package let rows: Int
  package let columns: Int
  /// Bits of a code.
  package let bits: Int
  /// Groups of a row.
  package let groups: Int
  package let grouping: Grouping
  /// `[rows, columns * bits / 8]` bytes.
  package let codes: Bytes
  /// `[rows, groups]` in `scaleFormat`.
  package let scales: Bytes
  /// A float format.
  package let scaleFormat: BlockFormat
  /// `[rows, groups]` bytes.
  package let zeros: Bytes

  package var byteCount: Int {
    let index = if case .indexed(let bytes) = grouping { bytes.count } else { 0 }
    return codes.count + scales.count + zeros.count + index
  }

  /// Elements that share a scale when groups are runs of neighbours.
  package var groupSize: Int? { if case .consecutive(let size) = grouping { size } else { nil } }

  /// Bytes of the codes of a row.
  var stride: Int { columns * bits / 8 }

  /// Decodes consecutive rows to float32.
  package func decode(
    rows range: Range<Int>, into out: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: columns) { unpacked in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * groups) { numbers in
        let row = Row(
          codes: unpacked.baseAddress!, scales: numbers.baseAddress!, zeros: numbers.baseAddress! + groups)
        for index in range {
          unpack(index, into: row, kernels)
          scale(row, into: out + (index - range.lowerBound) * columns, kernels)
        }
      }
    }
  }

  /// A row unpacked: one code a byte, scales and zeros as float32.
  private struct Row {
    let codes: UnsafeMutablePointer<UInt8>
    let scales: UnsafeMutablePointer<Float>
    let zeros: UnsafeMutablePointer<Float>
  }

  private func unpack(_ index: Int, into row: Row, _ kernels: tk_kernels) {
    kernels.unpack_codes(
      codes.pointer.assumingMemoryBound(to: UInt8.self) + index * stride, columns, Int32(bits), row.codes)
    let size = scaleFormat.bytes(for: groups)
    scaleFormat.decode(scales.pointer + index * size, count: groups, into: row.scales, with: kernels)
    let zeros = zeros.pointer.assumingMemoryBound(to: UInt8.self) + index * groups
    for group in 0..<groups { row.zeros[group] = Float(zeros[group]) }
  }

  private func scale(_ row: Row, into out: UnsafeMutablePointer<Float>, _ kernels: tk_kernels) {
    switch grouping {
    case .consecutive(let size):
      for group in 0..<groups {
        let start = group * size
        kernels.scale_codes(
          row.codes + start, min(size, columns - start), row.zeros[group], row.scales[group], out + start)
      }
    case .indexed(let index):
      kernels.scale_indexed_codes(
        row.codes, columns, index.pointer.assumingMemoryBound(to: Int32.self), row.zeros, row.scales, out)
    }
  }
}
