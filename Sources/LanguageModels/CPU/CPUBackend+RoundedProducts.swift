import Quantization
import TensorCore

// Products with rounded activations. Interleaved weights meet 8-bit ones: the strips of all weights that share their input are
// one job, the activations are rounded once, and the threads meet once. What a matrix unit multiplies, and weights that are
// not interleaved, meets bfloat16.
extension CPUBackend {
  /// Tokens from which on unpacking a weight for the matrix unit takes less time than it saves.
  static let tokensForMatrixUnit = 32
  /// Bytes of strips below which waking a thread costs more than it gives.
  private static let smallestPiece = 16_384

  package func fusesProducts(ofRows rows: Int) -> Bool {
    InstructionSet.current.hasMatrixUnit && rows >= Self.tokensForMatrixUnit
  }

  package func multiply(_ x: MatrixView, by weight: WeightMatrix, addingTo y: MatrixView) {
    multiplyManyRows(x, [weight], [y], bfloats: InstructionSet.current.bfloats, fromStrips: true, adding: true)
  }

  package func multiply(
    _ x: MatrixView, by weights: [WeightMatrix], into ys: [MatrixView], rounding: RoundedActivations
  ) {
    precondition(weights.count == ys.count, "\(weights.count) weights into \(ys.count) matrices")
    if fusesProducts(ofRows: x.rows) {
      return multiplyManyRows(x, weights, ys, bfloats: InstructionSet.current.bfloats, fromStrips: true)
    }
    var parts: [StripProduct] = []
    for (weight, y) in zip(weights, ys) {
      checkShapes(x, weight, y)
      if let strips = weight.interleaved {
        parts.append(StripProduct(weights: strips, y: y, first: parts.last?.end ?? 0))
      } else if x.rows > Self.fewRows {
        multiplyManyRows(x, [weight], [y], bfloats: InstructionSet.current.bfloats)
      } else {
        multiply(x, by: weight, into: y)
      }
    }
    guard let last = parts.last else { return }
    rounding.round(x, on: pool)
    let bytes = parts.reduce(0) { $0 + $1.weights.byteCount }
    let smallest = Self.smallestPiece * last.end / max(1, bytes * x.rows)
    pool.runRanges(last.end, minimum: max(1, smallest)) { range in
      for part in parts { part.multiply(range, by: rounding) }
    }
  }
}

/// The product with one of several weights, whose strips are counted on from those before.
private struct StripProduct {
  let weights: InterleavedWeights
  let y: MatrixView
  let first: Int

  var end: Int { first + weights.stripCount }

  /// The part of the product whose strips are in a range of all strips.
  func multiply(_ range: Range<Int>, by x: RoundedActivations) {
    let strips = range.clamped(to: first..<end)
    if strips.isEmpty { return }
    weights.multiply(
      strips: strips.lowerBound - first..<strips.upperBound - first, by: x, into: y.base, stride: y.columns)
  }
}
