import TensorCore

/// Sets a share of numbers to zero and scales the rest up, as `torch.nn.Dropout` in training.
///
/// Which numbers is a function of the seed and of their place alone, so that the backward pass finds the same ones
/// again and threads do not matter.
struct Dropout {
  let probability: Float
  private let generator: SplitMix64
  /// Where the first row that it is applied to stands in the pattern.
  private let firstRow: Int

  /// A pattern of its own for each `stream`: one for each layer of each block at each step.
  init(probability: Double, seed: BatchSeed, stream: UInt64) {
    firstRow = seed.firstToken
    self.probability = Float(probability)
    generator = SplitMix64(seed: seed.value, stream: stream)
  }

  /// out = x with the pattern applied; `out` may be `x` itself.
  func apply(_ x: MatrixView, into out: MatrixView) {
    precondition(x.count == out.count, "shapes differ")
    let scale = 1 / (1 - probability)
    let first = UInt64(firstRow * x.columns)
    ThreadPool.shared.runRanges(x.count, minimum: 16_384) { range in
      for index in range {
        let keeps = generator.uniform(at: first + UInt64(index)) >= probability
        out.base[index] = keeps ? x.base[index] * scale : 0
      }
    }
  }
}

/// What dropout and noise of a batch, or of a part of one, follow from.
struct BatchSeed {
  let value: UInt64
  /// Where the part begins in the whole batch, so that parts get the numbers that the whole would.
  let firstToken: Int
}
