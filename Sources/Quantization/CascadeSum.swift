/// The sum of float32 numbers in the order in which torch adds them on a CPU with AVX2, so that it rounds alike.
///
/// Eight lanes, four interleaved columns of lanes, and four levels of partial sums for each column: `sum` in ATen's
/// `SumKernel.cpp`. On other processors, and beyond 32,767 numbers, torch's own result depends on the machine.
enum CascadeSum {
  private static let lanes = 8

  /// The sum.
  ///
  /// - Complexity: O(`values.count`).
  static func sum(_ values: [Float]) -> Float {
    guard values.count >= lanes else { return row(of: values.count) { SIMD8(repeating: values[$0]) }[0] }
    let vectors = values.count / lanes
    let sums = row(of: vectors) { index in
      SIMD8((0..<lanes).map { values[index * lanes + $0] })
    }
    var total: Float = 0
    for value in values[(vectors * lanes)...] { total += value }
    for lane in 0..<lanes { total += sums[lane] }
    return total
  }

  /// Adds `count` vectors: four columns apart first, the rest to the first column.
  private static func row(of count: Int, _ vector: (Int) -> SIMD8<Float>) -> SIMD8<Float> {
    let quarter = count / 4
    var columns = cascade(of: quarter, vector)
    for index in 4 * quarter..<count { columns[0] += vector(index) }
    return ((columns[0] + columns[1]) + columns[2]) + columns[3]
  }

  /// Adds vector `4 i + column` into each column, carrying into the next level after every sixteenth addition.
  private static func cascade(of count: Int, _ vector: (Int) -> SIMD8<Float>) -> [SIMD8<Float>] {
    let power = max(4, ceilingOfLogarithm(count) / 4)
    let step = 1 << power
    var levels = [[SIMD8<Float>]](repeating: [SIMD8<Float>](repeating: .zero, count: 4), count: 4)
    var index = 0
    while index + step <= count {
      for _ in 0..<step {
        for column in 0..<4 { levels[0][column] += vector(4 * index + column) }
        index += 1
      }
      for level in 1...3 {
        for column in 0..<4 {
          levels[level][column] += levels[level - 1][column]
          levels[level - 1][column] = .zero
        }
        if index & ((step - 1) << (level * power)) != 0 { break }
      }
    }
    for rest in index..<count {
      for column in 0..<4 { levels[0][column] += vector(4 * rest + column) }
    }
    for level in 1...3 {
      for column in 0..<4 { levels[0][column] += levels[level][column] }
    }
    return levels[0]
  }

  private static func ceilingOfLogarithm(_ count: Int) -> Int {
    count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
  }
}
