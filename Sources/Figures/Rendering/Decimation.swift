extension Array where Element == Point {
  /// At most about `limit` points that keep the shape: of each stretch the first, the lowest and the highest.
  ///
  /// A point that is not finite, which interrupts a line, is kept as the first of its stretch or left out.
  /// - Complexity: O(count).
  func decimated(to limit: Int) -> [Point] {
    guard count > limit, limit >= 4 else { return self }
    let stretches = limit / 2
    var kept: [Point] = []
    kept.reserveCapacity(limit + 1)
    for stretch in 0..<stretches {
      let start = stretch * count / stretches
      let end = (stretch + 1) * count / stretches
      let finite = (start..<end).filter { self[$0].isFinite }
      guard let lowest = finite.min(by: { self[$0].y < self[$1].y }),
        let highest = finite.max(by: { self[$0].y < self[$1].y })
      else {
        kept.append(self[start])
        continue
      }
      kept.append(self[Swift.min(lowest, highest)])
      if lowest != highest { kept.append(self[Swift.max(lowest, highest)]) }
    }
    if let last, kept.last != last { kept.append(last) }
    return kept
  }
}

/// The exponential moving average of a series, corrected for starting at zero.
///
/// `average[t] = (1 - smoothing) · Σ smoothing^(t-i) · value[i] / (1 - smoothing^(t+1))`, as in Adam; without the
/// division the curve would start too low. Values that are not finite are passed over.
///
/// - Parameter smoothing: From 0, no smoothing, to just below 1.
/// - Complexity: O(count).
package func exponentialMovingAverage(_ values: [Double], smoothing: Double) -> [Double] {
  let keep = min(max(smoothing.isNaN ? 0 : smoothing, 0), 0.9999)
  var (sum, weight) = (0.0, 0.0)
  return values.map { value in
    if value.isFinite {
      sum = keep * sum + (1 - keep) * value
      weight = keep * weight + (1 - keep)
    }
    return weight > 0 ? sum / weight : .nan
  }
}
