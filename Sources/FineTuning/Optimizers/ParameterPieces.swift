import TensorCore

/// Many matrices of all sizes, cut into pieces for the threads of one job.
struct ParameterPieces {
  private struct Piece {
    let parameter: Int
    let range: Range<Int>
  }

  /// Numbers of a piece: a multiple of every block size, and enough to be worth a task.
  private static let size = 16_384

  private let pieces: [Piece]

  init(_ matrices: [Matrix]) {
    pieces = matrices.enumerated().flatMap { index, matrix in
      stride(from: 0, to: matrix.view.count, by: Self.size).map { start in
        Piece(parameter: index, range: start..<min(start + Self.size, matrix.view.count))
      }
    }
  }

  /// Runs `body` with the index of a matrix and a range of its numbers, for all of them.
  func run(_ body: (_ parameter: Int, _ range: Range<Int>) -> Void) {
    ThreadPool.shared.run(pieces.count) { body(pieces[$0].parameter, pieces[$0].range) }
  }

  /// The sum over all pieces of what `body` returns, always added in the same order.
  func sum(_ body: (_ parameter: Int, _ range: Range<Int>) -> Double) -> Double {
    let sums = [Double](unsafeUninitializedCapacity: pieces.count) { buffer, count in
      let base = buffer.baseAddress
      ThreadPool.shared.run(pieces.count) { base?[$0] = body(pieces[$0].parameter, pieces[$0].range) }
      count = pieces.count
    }
    return sums.reduce(0, +)
  }
}

/// The length of the gradients of all matrices together, in double precision.
struct GradientNorm {
  private let gradients: [Matrix]
  private let pieces: ParameterPieces

  init(_ gradients: [Matrix]) {
    self.gradients = gradients
    pieces = ParameterPieces(gradients)
  }

  /// The length now; the same numbers give the same bits with any number of threads.
  var value: Double {
    pieces.sum { index, range in
      var sums = SIMD8<Double>()
      let base = gradients[index].view.base
      var place = range.lowerBound
      while place + 8 <= range.upperBound {
        let numbers = SIMD8<Double>(UnsafeRawPointer(base + place).loadUnaligned(as: SIMD8<Float>.self))
        sums += numbers * numbers
        place += 8
      }
      let rest = (place..<range.upperBound).reduce(0.0) { $0 + Double(base[$1]) * Double(base[$1]) }
      return sums.sum() + rest
    }.squareRoot()
  }
}
