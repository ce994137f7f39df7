/// How much memory a program needs at most, part by part.
///
/// Parts that are all there at the same time, so that their sum is the peak.
package struct MemoryEstimate: Sendable, Hashable {
  /// What memory is for.
  package enum Kind: String, CaseIterable, Sendable {
    /// Codes of the linear layers; of ggml's formats whole blocks, with the scales in them.
    case weights = "linear layers"
    case scales = "their scales"
    /// Embedding, head, norms and biases, which stay as they are stored.
    case kept = "embedding, norms, head"
    /// Keys and values of the tokens that inference has read.
    case cache = "keys and values"
    /// The adapter of the model, and the one that is trained.
    case adapter = "adapter"
    case gradients = "gradients"
    case optimizer = "optimizer"
    /// What the forward pass keeps: with recomputation the inputs of the blocks.
    case activations = "activations kept"
    /// What a block that is computed again keeps.
    case recomputed = "one block computed again"
    /// Tables of rotations, and tiles of scores.
    case attention = "attention"
    /// A chunk of logits, and the states that they are computed from.
    case crossEntropy = "logits and loss"
    /// Memory that all blocks use in turn, and slices of unpacked weights.
    case workspace = "workspace"
    case tokenizer = "tokenizer"
    case program = "program"
    /// What the session holds besides, measured.
    case session = "others in this session"
  }

  /// Bytes for one thing.
  package struct Part: Sendable, Hashable {
    package let kind: Kind
    package let bytes: Int
  }

  /// In the order of the kinds, without those that need nothing.
  package private(set) var parts: [Part]

  package init(_ bytes: [Kind: Int]) {
    parts = Kind.allCases.compactMap { kind in
      bytes[kind].flatMap { $0 > 0 ? Part(kind: kind, bytes: $0) : nil }
    }
  }

  /// Bytes of all parts.
  package var total: Int { parts.reduce(0) { $0 + $1.bytes } }

  /// Bytes for one kind of things.
  package subscript(kind: Kind) -> Int { parts.first { $0.kind == kind }?.bytes ?? 0 }

  /// The same with a part for what else a process holds.
  ///
  /// - Parameter residentBytes: What the process holds now, the model included.
  package func adding(session residentBytes: Int) -> MemoryEstimate {
    let known = [Kind.program, .tokenizer, .weights, .scales, .kept].reduce(0) { $0 + self[$1] }
    var bytes = Dictionary(uniqueKeysWithValues: parts.map { ($0.kind, $0.bytes) })
    bytes[.session] = max(0, residentBytes - known)
    return MemoryEstimate(bytes)
  }
}
