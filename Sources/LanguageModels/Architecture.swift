import ModelFiles

/// The families of transformers that Quill runs; the raw value is GGUF's `general.architecture`.
///
/// All are decoders with RMS norms, rotary positions, grouped queries and a gated feed-forward part. What differs is told
/// here and in ``ModelConfiguration``.
package enum Architecture: String, CaseIterable, Sendable, Hashable {
  /// Llama 2 to 3.2, Mistral, SmolLM2 (Touvron et al., 2023, arXiv:2302.13971).
  case llama
  /// Qwen 2 and 2.5: q, k and v have biases (arXiv:2407.10671).
  case qwen2
  /// Qwen 3: queries and keys are normalized, head by head (arXiv:2505.09388).
  case qwen3
  /// Gemma 3: norms on both sides, sliding windows in most blocks, scaled embeddings, GELU (arXiv:2503.19786).
  case gemma3

  /// The norms of a block.
  package var norms: [BlockNorm] {
    switch self {
    case .llama, .qwen2: [.attention, .feedForward]
    case .qwen3: [.attention, .query, .key, .feedForward]
    case .gemma3: BlockNorm.allCases
    }
  }

  /// Whether norms stand behind attention and feed-forward part too.
  package var hasPostNorms: Bool { norms.contains(.postAttention) }

  /// What transformers adds to the stored gains of every norm; GGUF stores the sum.
  package var normOffset: Float { self == .gemma3 ? 1 : 0 }

  /// The function in the gated feed-forward part.
  package var activation: Activation { self == .gemma3 ? .geluTanh : .silu }

  /// Whether GGUF files hold the rows of q and k in the order of pairs that llama.cpp rotates.
  package var interleavesRowsInGGUF: Bool { self == .llama }
}

/// The function that a gate passes through.
package enum Activation: Sendable, Hashable {
  /// x · sigmoid(x).
  case silu
  /// GELU in its approximation by the hyperbolic tangent (Hendrycks and Gimpel, 2016, arXiv:1606.08415).
  case geluTanh
}
