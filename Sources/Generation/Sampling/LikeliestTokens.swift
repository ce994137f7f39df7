/// Selects the likeliest tokens without sorting them all.
enum LikeliestTokens {
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
