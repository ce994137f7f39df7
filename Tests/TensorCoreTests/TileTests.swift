import CTensorKernels
import Foundation
import TensorCore
import Testing

/// Tile products, panels and the online softmax of every instruction set against the plain set and double precision, on odd
/// sizes and tails.
struct TileTests {
  static let sets = InstructionSet.available.map(\.name)

  private func kernels(_ name: String) throws -> tk_kernels {
    try #require(InstructionSet.available.first { $0.name == name }).kernels
  }

  private func random(_ count: Int, seed: UInt64, scale: Double = 1) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in Float((generator.nextUniform() * 2 - 1) * scale) }
  }

  private func halves(_ x: [Float]) -> [UInt16] { x.map { Float16($0).bitPattern } }

  /// Panels that lie apart, x and y with gaps between rows; what is beside the product stays as it was.
  @Test(arguments: sets, [1, 2, 3, 5])
  func productsEqualTheirDefinition(set: String, panels: Int) throws {
    let kernels = try kernels(set)
    for (k, tokens) in [(1, 1), (2, 2), (7, 3), (16, 4), (31, 5), (64, 6), (65, 7), (33, 11), (40, 12), (130, 29)] {
      let (panelStride, xStride, yStride) = (k * 16 + 32, k + 3, panels * 16 + 5)
      let (panel, x) = (random(panels * panelStride, seed: 1), random(tokens * xStride, seed: 2))
      let start = random(tokens * yStride, seed: 3)
      let rounded = halves(panel)
      for keep: Int32 in [0, 1] {
        var (y, fromHalves) = (start, start)
        kernels.tile_floats(panel, panels, panelStride, k, x, xStride, tokens, &y, yStride, keep)
        kernels.tile_halves(rounded, panels, panelStride, k, x, xStride, tokens, &fromHalves, yStride, keep)
        for index in 0..<tokens * yStride {
          let (token, row) = (index / yStride, index % yStride)
          guard row < panels * 16 else {
            #expect(y[index] == start[index] && fromHalves[index] == start[index])
            continue
          }
          var (exact, exactFromHalves) = (Double(start[index]) * Double(keep), Double(start[index]) * Double(keep))
          for i in 0..<k {
            let place = row / 16 * panelStride + i * 16 + row % 16
            exact += Double(panel[place]) * Double(x[token * xStride + i])
            exactFromHalves += Double(Float16(bitPattern: rounded[place])) * Double(x[token * xStride + i])
          }
          let bound = 1e-7 * Double(k + 4)
          #expect(abs(Double(y[index]) - exact) <= bound)
          #expect(abs(Double(fromHalves[index]) - exactFromHalves) <= bound)
        }
      }
    }
  }

  @Test(arguments: sets, [1, 5, 16])
  func rowsLieSideBySide(set: String, count: Int) throws {
    let kernels = try kernels(set)
    for k in [1, 8, 9, 33, 64] {
      let (stride, x) = (k + 2, random(count * (k + 2), seed: 4))
      var floats = [Float](repeating: -1, count: k * 16)
      var (packed, interleaved) = ([UInt16](repeating: 9, count: k * 16), [UInt16](repeating: 9, count: k * 16))
      kernels.pack_rows_f32(x, stride, count, k, &floats)
      kernels.pack_rows_f16(x, stride, count, k, &packed)
      kernels.interleave_halves(halves(x), stride, count, k, &interleaved)
      #expect(packed == interleaved)
      for index in 0..<k * 16 {
        let (i, row) = (index / 16, index % 16)
        let value = row < count ? x[row * stride + i] : nil
        #expect(floats[index] == value ?? -1)
        #expect(packed[index] == value.map { Float16($0).bitPattern } ?? 9)
      }
    }
  }

  @Test(arguments: sets, [1, 16, 40, 64])
  func columnsLieSideBySide(set: String, columns: Int) throws {
    let kernels = try kernels(set)
    let (count, height, stride) = (3, 20, columns + 1)
    let x = random(count * stride, seed: 5)
    let panels = (columns + 15) / 16
    var floats = [Float](repeating: -1, count: panels * height * 16)
    var packed = [UInt16](repeating: 9, count: panels * height * 16)
    kernels.pack_columns_f32(x, stride, count, columns, &floats, height * 16)
    kernels.pack_columns_f16(x, stride, count, columns, &packed, height * 16)
    for index in floats.indices {
      let (row, column) = (index / 16 % height, index / 16 / height * 16 + index % 16)
      let value = row < count && column < columns ? x[row * stride + column] : nil
      #expect(floats[index] == value ?? -1)
      #expect(packed[index] == value.map { Float16($0).bitPattern } ?? 9)
    }
  }

  /// Bytes are off by at most half a step of 3 / 127 and the rounding of the scale, whichever way they lie.
  @Test(arguments: sets)
  func bytesComeBack(set: String) throws {
    let kernels = try kernels(set)
    let (count, k, height, stride) = (11, 96, 16, 97)
    let x = random(count * stride, seed: 6, scale: 3)
    var rows = [Int8](repeating: 0, count: 16 * k)
    var columns = rows
    var rowScales = [UInt16](repeating: 0, count: k / 32 * 16)
    var columnScales = [UInt16](repeating: 0, count: k / 32 * height)
    kernels.pack_rows_q8(x, stride, count, k, &rows, &rowScales)
    kernels.pack_columns_q8(x, stride, count, k, &columns, &columnScales, height)
    var decoded = [Float](repeating: 0, count: 16 * k)
    kernels.decode_rows_q8(rows, rowScales, k, &decoded)
    for row in 0..<count {
      for i in 0..<k {
        let error = abs(decoded[i * 16 + row] - x[row * stride + i])
        #expect(error <= 0.016)
      }
    }
    for panel in 0..<k / 16 {
      var part = [Float](repeating: 0, count: count * 16)
      kernels.decode_columns_q8(
        Array(columns[panel * height * 16..<(panel + 1) * height * 16]),
        Array(columnScales[panel / 2 * height..<(panel / 2 + 1) * height]), count, &part)
      for index in part.indices {
        let (row, column) = (index / 16, panel * 16 + index % 16)
        #expect(part[index] == decoded[column * 16 + row])
      }
    }
  }

  /// Products over bytes as they are equal those over the decoded panels, whichever way they lie.
  @Test(arguments: sets, [1, 2, 3, 4, 7])
  func productsOfBytes(set: String, tokens: Int) throws {
    let (kernels, plain) = (try kernels(set), try kernels("plain"))
    let (positions, k, height, panels) = (37, 96, 48, 3)
    let source = random(positions * k, seed: 10)
    var (rows, columns) = ([Int8](repeating: 0, count: height * k), [Int8](repeating: 0, count: height * k))
    var rowScales = [UInt16](repeating: 0, count: height * k / 32)
    var columnScales = rowScales
    for first in stride(from: 0, to: positions, by: 16) {
      rows.withUnsafeMutableBufferPointer { rows in
        rowScales.withUnsafeMutableBufferPointer { scales in
          plain.pack_rows_q8(
            Array(source[(first * k)...]), k, min(16, positions - first), k, rows.baseAddress! + first * k,
            scales.baseAddress! + first * k / 32)
        }
      }
    }
    plain.pack_columns_q8(source, k, positions, k, &columns, &columnScales, height)
    let (queries, weights) = (random(tokens * k, seed: 11), random(tokens * positions, seed: 12))
    var scores = [Float](repeating: -1, count: tokens * height)
    var sums = [Float](repeating: 1, count: tokens * k)
    kernels.tile_rows_q8(rows, rowScales, panels, k, queries, k, tokens, &scores, height)
    kernels.tile_columns_q8(columns, columnScales, k, height, positions, weights, positions, tokens, &sums, k)
    func number(_ position: Int, _ column: Int) -> Double {
      let code = Double(columns[(column / 16 * height + position) * 16 + column % 16])
      return code * Double(Float16(bitPattern: columnScales[column / 32 * height + position]))
    }
    for token in 0..<tokens {
      for position in 0..<positions {
        let exact = (0..<k).reduce(0.0) { $0 + number(position, $1) * Double(queries[token * k + $1]) }
        #expect(abs(Double(scores[token * height + position]) - exact) <= 1e-5)
      }
      for column in 0..<k {
        let exact = (0..<positions).reduce(1.0) {
          $0 + number($1, column) * Double(weights[token * positions + $1])
        }
        #expect(abs(Double(sums[token * k + column]) - exact) <= 1e-5)
      }
    }
  }

  /// Parts of a row, met one after the other, give the softmax of the whole.
  @Test(arguments: sets, [[1], [8, 8], [3, 64, 1, 17], [128, 5]])
  func softmaxInParts(set: String, parts: [Int]) throws {
    let kernels = try kernels(set)
    let scores = random(parts.reduce(0, +), seed: 7, scale: 30)
    let largest = Double(scores.max() ?? 0)
    var weights: [Float] = []
    var (maximum, sum) = (-Float.infinity, Float(0))
    for part in parts {
      var x = Array(scores[weights.count..<weights.count + part])
      let factor = kernels.online_softmax(&x, part, &maximum, &sum)
      weights = weights.map { $0 * factor } + x
    }
    #expect(Double(maximum) == largest)
    for (score, weight) in zip(scores, weights) {
      let exact = exp(Double(score) - largest)
      // A difference of d is rounded by d / 2^24, which its exponential passes on.
      let bound = 1e-6 + 1.2e-7 * (largest - Double(score))
      #expect(abs(Double(weight) - exact) <= bound * exact + 1e-37)
    }
    let exact = weights.reduce(0.0) { $0 + Double($1) }
    #expect(abs(Double(sum) - exact) <= 1e-6 * exact)
  }

  /// bfloat16 pairs where the processor multiplies them: against the plain twin, which every processor has.
  @Test func pairsOfBrainFloats() {
    let sets = [tk_bfloats_plain(), tk_bfloats_avx512(), tk_bfloats_amx()].compactMap { $0?.pointee }
    for (panels, k, tokens) in [(1, 2, 1), (2, 7, 5), (3, 64, 13), (5, 130, 40), (4, 96, 33), (1, 64, 32), (2, 34, 16)]
    {
      let even = (k + 1) / 2 * 2
      let (weights, x) = (random(panels * 16 * k, seed: 8), random(tokens * even, seed: 9))
      for set in sets {
        var panel = [UInt16](repeating: 0, count: panels * 16 * even)
        var factors = [UInt16](repeating: 0, count: x.count)
        set.round(x, x.count, &factors)
        #expect(factors == x.map(brainFloat))
        for p in 0..<panels {
          panel.withUnsafeMutableBufferPointer {
            set.pair(Array(weights[p * 16 * k..<(p + 1) * 16 * k]), k, $0.baseAddress! + p * 16 * even)
          }
        }
        var y = [Float](repeating: 1, count: tokens * panels * 16)
        set.tile(panel, panels, even * 16, even, factors, even, tokens, &y, panels * 16, 1)
        for index in y.indices {
          let (token, row) = (index / (panels * 16), index % (panels * 16))
          let exact = (0..<k).reduce(1.0) {
            let weight = weights[(row / 16 * k + $1) * 16 + row % 16]
            return $0 + number(brainFloat(weight)) * number(factors[token * even + $1])
          }
          #expect(abs(Double(y[index]) - exact) <= 2e-7 * Double(k + 4))
        }
      }
    }
  }

  /// Rows and columns that become panels of pairs, against those that are packed first; what is beside stays as it was.
  @Test func pairsOfRowsAndColumns() throws {
    let (plain, kernels) = (tk_bfloats_plain().pointee, try kernels("plain"))
    for set in [tk_bfloats_avx512(), tk_bfloats_amx()].compactMap({ $0?.pointee }) + [plain] {
      for (count, k) in [(16, 64), (16, 97), (5, 33), (16, 7), (1, 1), (3, 48)] {
        let (stride, even) = (k + 3, (k + 1) / 2 * 2)
        let x = random(16 * stride, seed: 21)
        var (packed, panel) = ([Float](repeating: 0, count: even * 16), [UInt16](repeating: 7, count: even * 16))
        var expected = panel
        kernels.pack_rows_f32(x, stride, count, k, &packed)
        plain.pair(packed, k, &expected)
        set.pair_rows(x, stride, count, k, &panel)
        for index in panel.indices { #expect(panel[index] == (index % 32 / 2 < count ? expected[index] : 7)) }

        let panels = (k + 15) / 16, height = (count + 1) / 2 * 2 * 16 + 32
        var columns = [UInt16](repeating: 7, count: panels * height)
        set.pair_columns(x, stride, count, k, &columns, height)
        for index in columns.indices {
          let (place, column) = (index % height, index / height * 16 + index % 32 / 2)
          let row = place / 32 * 2 + index % 2
          let number = row < count && column < k ? brainFloat(x[row * stride + column]) : 0
          #expect(columns[index] == (place < height - 32 ? number : 7))
        }
        var (halfPairs, floatPairs) = (panel, panel)
        let rounded = halves(packed)
        set.pair_halves(rounded, k, &halfPairs)
        plain.pair(rounded.map { Float(Float16(bitPattern: $0)) }, k, &floatPairs)
        #expect(halfPairs == floatPairs)
      }
    }
  }

  /// To nearest even, as bfloat16 is rounded everywhere.
  private func brainFloat(_ x: Float) -> UInt16 {
    UInt16((x.bitPattern + 0x7fff + (x.bitPattern >> 16 & 1)) >> 16)
  }
  private func number(_ bits: UInt16) -> Double { Double(Float(bitPattern: UInt32(bits) << 16)) }
}
