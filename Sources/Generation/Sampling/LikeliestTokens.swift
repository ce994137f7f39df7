/// Selects the likeliest tokens without sorting them all.
enum LikeliestTokens {
  /// The `count` tokens with the largest values and those that tie with the last of them, by id.
  ///
  /// - Complexity: O(V) on average, with few comparisons when `count` is small.
  static func largest(_ count: Int, of values: UnsafeBufferPointer<Float>) -> [Int32] {
    let candidates = tokens(in: values, from: lowerBound(ofLargest: count, in: values))
    let largest = smallestSet(
      of: candidates, reaching: Double(count), value: { values[Int($0)] }, weight: { _ in 1 })
    let threshold = largest.reduce(Float.infinity) { min($0, values[Int($1)]) }
    return candidates.filter { values[Int($0)] >= threshold }
  }

  /// The tokens with a value of at least `threshold`, by id.
  static func tokens(in values: UnsafeBufferPointer<Float>, from threshold: Float) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: values.count) { tokens, count in
      for id in values.indices {
        // Written in any case and kept or not: no branch that the processor would have to guess.
        tokens[count] = Int32(truncatingIfNeeded: id)
        count += values[id] >= threshold ? 1 : 0
      }
    }
  }

  /// A value that at least `count` values reach: as many blocks have a largest value of at least that.
  private static func lowerBound(ofLargest count: Int, in values: UnsafeBufferPointer<Float>) -> Float {
    let block = 64
    guard count <= values.count / block else { return -.infinity }
    let maxima = stride(from: 0, to: values.count, by: block).map { start in
      LogitSummary.maximum(of: UnsafeBufferPointer(rebasing: values[start..<min(start + block, values.count)]))
    }
    return maxima.sorted(by: >)[count - 1]
  }

  /// The smallest part of `candidates` with the largest weights that sum to at least `target`, in no particular order.
  ///
  /// Weights of 0 to 1 are first summed by exponent and four bits of mantissa: only one such group has to be taken apart.
  ///
  /// - Complexity: O(count).
  static func nucleus(
    of candidates: [Int32], reaching target: Double, weights: UnsafeBufferPointer<Float>
  ) -> [Int32] {
    let shift: UInt32 = 19
    var sums = [Double](repeating: 0, count: 1 << (32 - shift))
    for id in candidates { sums[Int(weights[Int(id)].bitPattern >> shift)] += Double(weights[Int(id)]) }
    var missing = target
    var group = sums.count - 1
    while group > 0, sums[group] < missing {
      missing -= sums[group]
      group -= 1
    }
    var kept: [Int32] = []
    var border: [Int32] = []
    for id in candidates {
      let own = Int(weights[Int(id)].bitPattern >> shift)
      if own > group { kept.append(id) } else if own == group { border.append(id) }
    }
    return kept
      + smallestSet(
        of: border, reaching: missing, value: { weights[Int($0)] }, weight: { Double(weights[Int($0)]) })
  }

  /// The part of `candidates` with the largest values whose weights sum to at least `target`, in no particular order.
  ///
  /// The set is the smallest such; of tokens with equal values those with lower ids are taken first.
  ///
  /// - Complexity: O(count) on average.
  static func smallestSet(
    of candidates: [Int32], reaching target: Double, value: (Int32) -> Float, weight: (Int32) -> Double
  ) -> [Int32] {
    var items = candidates
    var kept = 0
    var end = items.count
    var missing = target
    while kept < end {
      let pivot = median(value(items[kept]), value(items[(kept + end) / 2]), value(items[end - 1]))
      let (above, equal) = partition(&items, kept..<end, around: pivot, value)
      let weightAbove = items[kept..<above].reduce(0) { $0 + weight($1) }
      if weightAbove >= missing {
        end = above
        continue
      }
      missing -= weightAbove
      kept = above
      items[above..<equal].sort()
      while kept < equal {
        if missing <= 0 { return Array(items[..<kept]) }
        missing -= weight(items[kept])
        kept += 1
      }
      if missing <= 0 { break }
    }
    return Array(items[..<kept])
  }

  /// Orders `range` into values above, equal to and below `pivot`; returns the ends of the first two.
  private static func partition(
    _ items: inout [Int32], _ range: Range<Int>, around pivot: Float, _ value: (Int32) -> Float
  ) -> (above: Int, equal: Int) {
    var above = range.lowerBound
    var index = range.lowerBound
    var below = range.upperBound
    while index < below {
      let current = value(items[index])
      if current > pivot {
        items.swapAt(index, above)
        above += 1
        index += 1
      } else if current < pivot {
        below -= 1
        items.swapAt(index, below)
      } else {
        index += 1
      }
    }
    return (above, below)
  }

  private static func median(_ a: Float, _ b: Float, _ c: Float) -> Float { max(min(a, b), min(max(a, b), c)) }
}
