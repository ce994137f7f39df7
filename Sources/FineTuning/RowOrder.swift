import TensorCore

/// Which rows each optimizer step sees, epoch after epoch.
///
/// With `shuffle` each epoch has its own order, that of `torch.randperm` after seeding with `seed` + epoch, as
/// accelerate's sampler gives Hugging Face's Trainer. A step's rows follow from its number alone, so that a training can
/// go on anywhere.
package struct RowOrder: Sendable {
  private let count: Int
  private let batchSize: Int
  private let accumulation: Int
  private let shuffle: Bool
  private let seed: UInt64
  /// The order of the epoch that was asked for last.
  private var known: (epoch: Int, rows: [Int])?

  package init(count: Int, batchSize: Int, accumulation: Int, shuffle: Bool, seed: UInt64) {
    precondition(count > 0 && batchSize > 0 && accumulation > 0)
    self.count = count
    self.batchSize = batchSize
    self.accumulation = accumulation
    self.shuffle = shuffle
    self.seed = seed
  }

  /// Optimizer steps of one epoch; the last one may see fewer rows.
  package var stepsPerEpoch: Int {
    let batches = (count + batchSize - 1) / batchSize
    return (batches + accumulation - 1) / accumulation
  }

  /// The batches of a step, counted from 0, each a list of row numbers.
  ///
  /// - Complexity: O(rows of the step), and O(all rows) for the first step of an epoch.
  package mutating func batches(ofStep step: Int) -> [[Int]] {
    let (epoch, place) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    let rows = permutation(ofEpoch: epoch)
    let window = place * batchSize * accumulation..<min((place + 1) * batchSize * accumulation, count)
    return stride(from: window.lowerBound, to: window.upperBound, by: batchSize).map { start in
      Array(rows[start..<min(start + batchSize, window.upperBound)])
    }
  }

  private mutating func permutation(ofEpoch epoch: Int) -> [Int] {
    if let known, known.epoch == epoch { return known.rows }
    var rows = Array(0..<count)
    if shuffle {
      var generator = MersenneTwister(seed: seed &+ UInt64(epoch))
      rows = generator.permutation(of: count)
    }
    known = (epoch, rows)
    return rows
  }
}
