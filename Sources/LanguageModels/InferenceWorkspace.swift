import ModelFiles
import Quantization
import TensorCore

/// What a pass through a block writes to, for `rows` tokens.
///
/// Attention and the feed-forward part use the same memory in turn. Axes: `T` tokens, `D` hidden, `F` feed-forward, `H` and `K`
/// query and key-value heads of `d` numbers.
package struct InferenceWorkspace {
  /// The state between the parts, `[T, D]`.
  let hidden: Matrix
  /// What a norm gives, `[T, D]`.
  let normed: Matrix
  /// x Aᵀ, of as many columns as the adapter's largest rank.
  let reduced: Matrix
  /// The input of products, in 8 bits.
  let rounded = RoundedActivations()
  /// Whether products of so many rows are fused with what becomes of them.
  let isFused: Bool

  private let shared: Matrix
  /// `H · d`, `K · d` and `F`.
  private let (width, sharedWidth, feedForwardSize): (Int, Int, Int)

  init(_ model: LanguageModel, rows: Int, backend: any ComputeBackend) {
    let configuration = model.configuration
    isFused = model.activations == .int8 && backend.fusesProducts(ofRows: rows)
    width = configuration.headCount * configuration.headSize
    sharedWidth = configuration.keyValueHeadCount * configuration.headSize
    feedForwardSize = configuration.feedForwardSize
    hidden = Matrix(rows: rows, columns: configuration.hiddenSize)
    normed = Matrix(rows: rows, columns: configuration.hiddenSize)
    reduced = Matrix(rows: rows, columns: model.adapter?.largestRank ?? 0)
    // A fused feed-forward part, to whose products nothing is added, needs nothing of it.
    let isWhole =
      isFused && model.adapter == nil
      && model.blocks.allSatisfy { block in [.gate, .up, .down].allSatisfy { block.bias(of: $0) == nil } }
    let states = 2 * configuration.hiddenSize
    // One number a row, so that a part begins at any of them.
    shared = Matrix(rows: rows * (Self.numbersPerToken(configuration, isFused: isWhole) - states), columns: 1)
  }

  /// Float32 numbers for each token, without an adapter's.
  ///
  /// - Parameter isFused: Whether the feed-forward part is one operation of the backend.
  package static func numbersPerToken(_ configuration: ModelConfiguration, isFused: Bool) -> Int {
    let heads = configuration.headCount + configuration.keyValueHeadCount
    return 2 * configuration.hiddenSize
      + max(2 * heads * configuration.headSize, isFused ? 0 : 2 * configuration.feedForwardSize)
  }

  // Of attention.

  /// `[T, H · d]`.
  func queries(_ rows: Int) -> MatrixView { part(0, rows, width) }
  /// The result of attention, `[T, H · d]`.
  func attended(_ rows: Int) -> MatrixView { part(rows * width, rows, width) }
  /// `[T, K · d]`.
  func keys(_ rows: Int) -> MatrixView { part(rows * 2 * width, rows, sharedWidth) }
  /// `[T, K · d]`.
  func values(_ rows: Int) -> MatrixView { part(rows * (2 * width + sharedWidth), rows, sharedWidth) }

  // Of the feed-forward part; not there where it is fused in all blocks.

  /// `[T, F]`.
  func gate(_ rows: Int) -> MatrixView { part(0, rows, feedForwardSize) }
  /// `[T, F]`.
  func up(_ rows: Int) -> MatrixView { part(rows * feedForwardSize, rows, feedForwardSize) }

  private func part(_ start: Int, _ rows: Int, _ columns: Int) -> MatrixView {
    shared.view[start..<start + rows * columns].reshaped(rows, columns)
  }
}
