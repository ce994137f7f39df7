/// What a tensor does in a transformer, whatever a file calls it.
package enum TensorRole: Hashable, Sendable {
  /// One row for each token, `[V, D]`.
  case tokenEmbedding
  /// Gains of the last norm, `[D]`.
  case outputNorm
  /// The matrix that gives logits, `[V, D]`; not there when the embedding serves as it.
  case outputHead
  /// Divisors of the rotation frequencies, `[d / 2]`; GGUF alone stores them.
  case ropeFactors
  /// Shape `[out, in]`.
  case linear(LinearLayer, block: Int)
  /// Shape `[out]`.
  case bias(LinearLayer, block: Int)
  /// Shape `[D]`, or `[d]` for the norms of queries and keys.
  case norm(BlockNorm, block: Int)

  /// The name in GGUF files: `blk.0.attn_q.weight`.
  package var ggufName: String {
    switch self {
    case .tokenEmbedding: "token_embd.weight"
    case .outputNorm: "output_norm.weight"
    case .outputHead: "output.weight"
    case .ropeFactors: "rope_freqs.weight"
    case .linear(let layer, let block): "blk.\(block).\(layer.ggufName).weight"
    case .bias(let layer, let block): "blk.\(block).\(layer.ggufName).bias"
    case .norm(let norm, let block): "blk.\(block).\(norm.ggufName).weight"
    }
  }

  /// The name in transformers' checkpoints: `model.layers.0.self_attn.q_proj.weight`; `nil` for what they do not store.
  ///
  /// - Parameter hasPostNorms: Whether blocks have norms behind attention and feed-forward part too, as Gemma's do: then
  ///   `post_attention_layernorm` is that norm, else it is the one before the feed-forward part.
  package func huggingFaceName(hasPostNorms: Bool) -> String? {
    switch self {
    case .tokenEmbedding: "model.embed_tokens.weight"
    case .outputNorm: "model.norm.weight"
    case .outputHead: "lm_head.weight"
    case .ropeFactors: nil
    case .linear(let layer, let block): layer.path(inBlock: block) + ".weight"
    case .bias(let layer, let block): layer.path(inBlock: block) + ".bias"
    case .norm(let norm, let block):
      "model.layers.\(block).\(norm.moduleName(hasPostNorms: hasPostNorms)).weight"
    }
  }
}

/// The norms that a transformer block can have, in the order in which they are applied.
package enum BlockNorm: Int, CaseIterable, Sendable, Hashable {
  /// Before attention; every block has it.
  case attention
  /// Of each head's queries, before they are rotated.
  case query
  /// Of each head's keys, before they are rotated.
  case key
  /// Of what attention gives, before it is added.
  case postAttention
  /// Before the feed-forward part; every block has it.
  case feedForward
  /// Of what the feed-forward part gives, before it is added.
  case postFeedForward

  /// The name in GGUF files, as in `blk.0.attn_norm.weight`.
  package var ggufName: String {
    switch self {
    case .attention: "attn_norm"
    case .query: "attn_q_norm"
    case .key: "attn_k_norm"
    case .postAttention: "post_attention_norm"
    case .feedForward: "ffn_norm"
    case .postFeedForward: "post_ffw_norm"
    }
  }

  /// The name of the module in a transformers block.
  package func moduleName(hasPostNorms: Bool) -> String {
    switch self {
    case .attention: "input_layernorm"
    case .query: "self_attn.q_norm"
    case .key: "self_attn.k_norm"
    case .postAttention: "post_attention_layernorm"
    case .feedForward: hasPostNorms ? "pre_feedforward_layernorm" : "post_attention_layernorm"
    case .postFeedForward: "post_feedforward_layernorm"
    }
  }
}
