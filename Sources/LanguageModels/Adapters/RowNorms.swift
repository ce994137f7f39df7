import CTensorKernels
import ModelFiles
import Quantization
import TensorCore

/// The lengths ‖W + s B A‖ of the rows of a frozen weight and the pair beside it, by which DoRA divides.
///
/// The sum is never formed: a row's square is ‖W‖² + 2 s (W Aᵀ) · B + s² B (A Aᵀ) Bᵀ, of which the first part is computed
/// once and the others cost as much as `r` tokens.
///
/// Liu et al., "DoRA", 2024, arXiv:2402.09353, equation 5.
package struct RowNorms: Sendable {
  private let weight: WeightMatrix
  /// ‖W‖² of each row.
  private let squares: [Float]

  /// - Complexity: O(weights): each row is unpacked once, on all threads.
  package init(_ weight: WeightMatrix) {
    self.weight = weight
    squares = Self.squares(of: weight)
  }

  /// The lengths, `[out]`.
  ///
  /// - Complexity: O(weights · r).
  package func norms(with pair: LoRAPair, on backend: any ComputeBackend = CPUBackend.shared) -> [Float] {
    let (rank, scale) = (pair.rank, Double(pair.scale))
    let products = Matrix(rows: rank, columns: weight.rows)  // A Wᵀ
    backend.multiply(pair.a.view, by: weight, into: products.view)
    let gram = Matrix(rows: rank, columns: rank)  // A Aᵀ
    backend.multiply(
      pair.a.view, transposed: false, by: pair.a.view, transposed: true, into: gram.view, scale: 1, keep: 0)
    let images = Matrix(rows: weight.rows, columns: rank)  // B A Aᵀ
    backend.multiply(
      pair.b.view, transposed: false, by: gram.view, transposed: false, into: images.view, scale: 1, keep: 0)
    return squares.indices.map { row in
      let (b, image) = (pair.b.view.row(row), images.view.row(row))
      var (mixed, own) = (0.0, 0.0)
      for index in 0..<rank {
        mixed += Double(products.view.row(index)[row]) * Double(b[index])
        own += Double(image[index]) * Double(b[index])
      }
      return Float(max(0, Double(squares[row]) + 2 * scale * mixed + scale * scale * own).squareRoot())
    }
  }

  /// m / ‖W + s B A‖, by which DoRA multiplies each output, `[out]`; `nil` for a pair without magnitudes.
  package func factors(of pair: LoRAPair, on backend: any ComputeBackend = CPUBackend.shared) -> [Float]? {
    guard let magnitude = pair.magnitude else { return nil }
    return zip(magnitude.view.buffer, norms(with: pair, on: backend)).map { $0 / $1 }
  }

  private static func squares(of weight: WeightMatrix) -> [Float] {
    let squares = Matrix(rows: 1, columns: weight.rows)
    let kernels = InstructionSet.current.kernels
    ThreadPool.shared.runRanges(weight.rows, minimum: max(1, 16_384 / max(1, weight.columns))) { range in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: weight.columns) { row in
        guard let base = row.baseAddress else { return }
        for index in range {
          weight.decode(rows: index..<index + 1, into: base)
          squares.view.base[index] = kernels.sum_of_squares(base, weight.columns)
        }
      }
    }
    return squares.values
  }
}

extension LanguageModel {
  /// What DoRA multiplies outputs by, for each block and layer; `nil` when no pair has magnitudes.
  ///
  /// - Complexity: O(weights of layers with magnitudes · r).
  func rowFactors(on backend: any ComputeBackend) -> [[LinearLayer: [Float]]]? {
    guard let adapter, adapter.isWeightDecomposed else { return nil }
    return zip(blocks, adapter.pairs).map { block, pairs in
      var factors: [LinearLayer: [Float]] = [:]
      for (layer, pair) in pairs where pair.magnitude != nil {
        factors[layer] = RowNorms(block[layer]).factors(of: pair, on: backend)
      }
      return factors
    }
  }
}
