import Foundation
import Quantization
import TensorCore
import Testing

/// Activations as llama.cpp rounds them.
struct ActivationRoundingTests {
  private func rounded(_ rounding: ActivationRounding, _ values: [Float]) -> [Float] {
    let x = Matrix(rows: 1, columns: values.count, values: values)
    let y = Matrix(rows: 1, columns: values.count)
    rounding.round(x.view, into: y.view)
    return y.values
  }

  private let values = (0..<512).map { (index: Int) -> Float in
    let size = Float(index % 37) / 9
    return sinf(Float(index) * 1.7) * size
  }

  /// The encoder of weights has the same scale, and differs only where a number lies in the middle of two codes.
  @Test func eightBitsAreThoseOfTheFormat() throws {
    var packed = [UInt8](repeating: 0, count: BlockFormat.q8_0.bytes(for: values.count))
    var expected = [Float](repeating: 0, count: values.count)
    try BlockFormat.q8_0.encode(values, count: values.count, into: &packed)
    BlockFormat.q8_0.decode(packed, count: values.count, into: &expected)
    let found = rounded(.q8_0, values)
    for start in stride(from: 0, to: values.count, by: 32) {
      let step = values[start..<start + 32].map(abs).max()! / 127
      let differing = (start..<start + 32).filter { found[$0] != expected[$0] }
      #expect(differing.count <= 1, "block at \(start)")
      #expect(differing.allSatisfy { abs(found[$0] - expected[$0]) < 1.01 * step })
    }
  }

  @Test func superBlocksKeepTheirExtreme() {
    let found = rounded(.q8_K, values)
    for start in stride(from: 0, to: values.count, by: 256) {
      let block = values[start..<start + 256]
      let extreme = block.max { abs($0) < abs($1) }!
      let step = abs(extreme) / 127
      #expect(zip(found[start..<start + 256], block).allSatisfy { abs($0 - $1) <= 0.5001 * step })
      #expect(abs(found[block.firstIndex(of: extreme)!] - extreme) <= 1e-6 * abs(extreme))
    }
  }

  @Test func sixteenBitsAndZeros() {
    #expect(rounded(.f16, [1.0005, -2]) == [Float(Float16(1.0005)), -2])
    #expect(rounded(.bf16, [1.00390625, 1.01171875]) == [1, 1.015625], "ties go to the even one")
    for rounding in [ActivationRounding.q8_0, .q8_K] {
      #expect(rounded(rounding, Array(repeating: 0, count: 256)).allSatisfy { $0 == 0 })
    }
  }

  @Test func everyFormatHasItsOwn() throws {
    let weight = WeightMatrix(Matrix(rows: 1, columns: 256, values: Array(values.prefix(256))))
    #expect(ActivationRounding(beside: weight) == nil)
    #expect(try ActivationRounding(beside: weight.encoded(as: .bf16)) == .bf16)
    #expect(try ActivationRounding(beside: weight.encoded(as: .q4_0)) == .q8_0)
  }
}
