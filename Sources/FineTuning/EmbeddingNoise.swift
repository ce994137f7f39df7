import TensorCore

/// Uniform noise on the embeddings of a training sequence, which keeps a model from learning its rows by heart.
///
/// It reaches as far as α / √(T · D) for T tokens of width D. Jain et al., "NEFTune", 2023, arXiv:2310.05914. Transformers
/// counts padding into T; here there is none.
struct EmbeddingNoise {
  let alpha: Double
  /// Apart from the streams of dropout, which count layers.
  private static let stream: UInt64 = 1 << 32

  /// Adds the noise of one sequence `[T, D]`.
  ///
  /// - Parameter place: The sequence's first token in its batch, so that equal sequences get noise of their own.
  func add(to embeddings: MatrixView, place: Int, seed: UInt64) {
    let reach = Float(alpha / Double(embeddings.count).squareRoot())
    let generator = SplitMix64(seed: seed, stream: Self.stream + UInt64(place))
    for index in 0..<embeddings.count {
      embeddings.base[index] += reach * (2 * generator.uniform(at: UInt64(index)) - 1)
    }
  }
}
