import CTensorKernels
import Foundation
import TensorCore
import Testing

/// The vector functions of every instruction set against formulas in double precision, on odd sizes and tails.
struct KernelTests {
  static let sets = InstructionSet.available.map(\.name)
  static let sizes = [1, 2, 7, 8, 9, 31, 32, 33, 100, 576, 1000]

  private func kernels(_ name: String) throws -> tk_kernels {
    try #require(InstructionSet.available.first { $0.name == name }).kernels
  }

  private func random(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float((generator.nextUniform() * 2 - 1) * scale) }
  }

  @Test(arguments: sets, sizes)
  func reductions(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let (a, b) = (random(count, seed: 1), random(count, seed: 2))
    let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let magnitude = zip(a, b).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
    #expect(abs(Double(kernels.dot(a, b, count)) - dot) <= 1e-6 * magnitude)
    let squares = a.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(Double(kernels.sum_of_squares(a, count)) - squares) <= 1e-6 * squares)
    #expect(kernels.maximum(a, count) == a.max())
    #expect(kernels.largest_magnitude(a, count) == a.map(abs).max())
  }

  @Test(arguments: sets, sizes)
  func additions(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let (x, start) = (random(count, seed: 3), random(count, seed: 4))
    var y = start
    kernels.add_scaled(0.75, x, &y, count)
    for index in 0..<count { #expect(abs(y[index] - (start[index] + 0.75 * x[index])) <= 1e-6) }
  }

  @Test(arguments: sets, sizes)
  func exponentials(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let start = random(count, seed: 5, scale: 40)
    let maximum = start.max() ?? 0
    var x = start
    let sum = kernels.exponentials(&x, maximum, count)
    for index in 0..<count {
      let exact = exp(Double(start[index] - maximum))
      #expect(abs(Double(x[index]) - exact) <= 4e-7 * exact + 1e-37)
    }
    let exact = x.reduce(0.0) { $0 + Double($1) }
    #expect(abs(Double(sum) - exact) <= 1e-6 * exact)
  }

  @Test(arguments: sets)
  func exponentialsAtTheEdges(set: String) throws {
    let kernels = try kernels(set)
    var x: [Float] = [0, -87, -88, -104, -.infinity, 88.7, 89.5, .nan, 1, -1]
    _ = kernels.exponentials(&x, 0, x.count)
    #expect(x[0] == 1 && x[3] == 0 && x[4] == 0)
    #expect(abs(Double(x[1]) / exp(-87) - 1) < 1e-6)
    #expect(abs(Double(x[5]) / exp(Double(Float(88.7))) - 1) < 1e-6)
    #expect(x[6] == .infinity && x[7].isNaN)
    #expect(abs(x[8] - 2.7182817) < 3e-7 && abs(x[9] - 0.36787945) < 1e-7)
  }

  @Test(arguments: sets, sizes)
  func gatedProductAndItsGradient(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let (gate, up, gradient) = (random(count, seed: 6, scale: 8), random(count, seed: 7), random(count, seed: 8))
    var out = [Float](repeating: 0, count: count)
    kernels.silu_product(gate, up, &out, count)
    var (dGate, dUp) = (gate, up)
    kernels.silu_product_backward(&dGate, &dUp, gradient, count)
    func product(_ g: Double, _ u: Double) -> Double { g / (1 + exp(-g)) * u }
    let step = 1e-5
    for index in 0..<count {
      let (g, u, d) = (Double(gate[index]), Double(up[index]), Double(gradient[index]))
      #expect(abs(Double(out[index]) - product(g, u)) <= 1e-6 * max(1, abs(g)))
      let slopeG = (product(g + step, u) - product(g - step, u)) / (2 * step) * d
      let slopeU = (product(g, u + step) - product(g, u - step)) / (2 * step) * d
      #expect(abs(Double(dGate[index]) - slopeG) <= 1e-5)
      #expect(abs(Double(dUp[index]) - slopeU) <= 1e-5 * max(1, abs(g)))
    }
  }

  @Test(arguments: sets, sizes)
  func headsTurnAndTurnBack(set: String, half: Int) throws {
    let kernels = try kernels(set)
    let (start, angles) = (random(3 * 2 * half, seed: 9), random(half, seed: 10, scale: 100))
    let (cosines, sines) = (angles.map { Float(cos(Double($0))) }, angles.map { Float(sin(Double($0))) })
    var x = start
    kernels.rotate_halves(&x, 3, half, cosines, sines, 1)
    for index in 0..<3 * half {
      let first = index / half * 2 * half + index % half, second = first + half
      let (cosine, sine) = (Double(cosines[index % half]), Double(sines[index % half]))
      let (a, b) = (Double(start[first]), Double(start[second]))
      #expect(abs(Double(x[first]) - (a * cosine - b * sine)) <= 2e-7)
      #expect(abs(Double(x[second]) - (b * cosine + a * sine)) <= 2e-7)
    }
    kernels.rotate_halves(&x, 3, half, cosines, sines, -1)
    #expect(zip(x, start).allSatisfy { abs($0 - $1) <= 5e-7 })
  }

  /// Every size of a code, against the bits themselves.
  @Test(arguments: sets, [2, 3, 4, 8])
  func codesAreUnpacked(set: String, bits: Int) throws {
    let kernels = try kernels(set)
    for count in [8, 16, 24, 40, 72, 1000] {
      var generator = SplitMix64(seed: UInt64(count))
      let packed = (0..<count * bits / 8).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      var codes = [UInt8](repeating: 0xff, count: count)
      kernels.unpack_codes(packed, count, Int32(bits), &codes)
      for index in 0..<count {
        var code: UInt8 = 0
        for bit in 0..<bits {
          let place = index * bits + bit
          let isSet = packed[place / 8] >> UInt8(place % 8) & 1
          code |= isSet << UInt8(bit)
        }
        #expect(codes[index] == code, "code \(index) of \(count)")
      }
    }
  }

  @Test(arguments: sets, sizes)
  func codesAreScaled(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let codes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let groups = (0..<count).map { Int32($0 * 5 % 3) }
    let (zeros, scales): ([Float], [Float]) = ([8, 0, 3], [0.125, -1.5, 3e-3])
    var (one, indexed) = ([Float](repeating: .nan, count: count), [Float](repeating: .nan, count: count))
    kernels.scale_codes(codes, count, zeros[0], scales[2], &one)
    kernels.scale_indexed_codes(codes, count, groups, zeros, scales, &indexed)
    for index in 0..<count {
      let group = Int(groups[index])
      #expect(one[index] == (Float(codes[index]) - zeros[0]) * scales[2])
      #expect(indexed[index] == (Float(codes[index]) - zeros[group]) * scales[group])
    }
  }

  /// Rounded to nearest, halves to even, and back with bitsandbytes' constant.
  @Test(arguments: sets, sizes)
  func signedBytes(set: String, count: Int) throws {
    let kernels = try kernels(set)
    let x = random(count, seed: 9, scale: 3)
    let largest = kernels.largest_magnitude(x, count)
    var codes = [Int8](repeating: 0, count: count)
    kernels.encode_int8(x, count, largest, &codes)
    var decoded = [Float](repeating: .nan, count: count)
    kernels.decode_int8(codes, count, largest, &decoded)
    for index in 0..<count {
      #expect(Float(codes[index]) == (x[index] * (127 / largest)).rounded(.toNearestOrEven))
      #expect(decoded[index] == Float(codes[index]) * largest * 7.874015718698502e-3)
    }
  }
}
