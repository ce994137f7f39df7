import TensorCore

/// Which rows each optimizer step sees, epoch after epoch.
///
/// With `shuffle` each epoch has its own order, that of `torch.randperm` after seeding with `seed` + epoch, as
/// accelerate's sampler gives Hugging Face's Trainer.
package struct RowOrder: Sendable {
  private let count: Int
  private let batchSize: Int
  private let accumulation: Int
  private let shuffle: Bool
  private let seed: UInt64
  private var epoch: UInt64 = 0
  private var step = 0
  private var rows: [Int] = []

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

  /// The batches of the next step, each a list of row numbers.
  package mutating func next() -> [[Int]] {
    if step == stepsPerEpoch {
      step = 0
      epoch += 1
      rows = []
    }
    if rows.isEmpty { rows = permutation() }
    let window = step * batchSize * accumulation..<min((step + 1) * batchSize * accumulation, count)
    step += 1
    return stride(from: window.lowerBound, to: window.upperBound, by: batchSize).map { start in
      Array(rows[start..<min(start + batchSize, window.upperBound)])
    }
  }

  private func permutation() -> [Int] {
    guard shuffle else { return Array(0..<count) }
    var generator = MersenneTwister(seed: seed + epoch)
    return generator.permutation(of: count)
  }
}
