/// The seven linear layers of a transformer block, and what the neighbours call them.
package enum LinearLayer: Int, CaseIterable, Sendable, Hashable {
  case q
  case k
  case v
  case o
  case gate
  case up
  case down

  /// The name in GGUF files, as in `blk.0.attn_q.weight`.
  package var ggufName: String {
    switch self {
    case .q: "attn_q"
    case .k: "attn_k"
    case .v: "attn_v"
    case .o: "attn_output"
    case .gate: "ffn_gate"
    case .up: "ffn_up"
    case .down: "ffn_down"
    }
  }

  /// The name of the module in transformers, as in `model.layers.0.self_attn.q_proj`.
  package var moduleName: String {
    switch self {
    case .q: "q_proj"
    case .k: "k_proj"
    case .v: "v_proj"
    case .o: "o_proj"
    case .gate: "gate_proj"
    case .up: "up_proj"
    case .down: "down_proj"
    }
  }

  /// The part of a transformers block that holds the module.
  package var moduleParent: String {
    switch self {
    case .q, .k, .v, .o: "self_attn"
    case .gate, .up, .down: "mlp"
    }
  }

  /// The module's full name in transformers: `model.layers.0.self_attn.q_proj`.
  package func path(inBlock index: Int) -> String { "model.layers.\(index).\(moduleParent).\(moduleName)" }

  /// The tensor's full name in GGUF: `blk.0.attn_q.weight`.
  package func ggufTensor(inBlock index: Int) -> String { "blk.\(index).\(ggufName).weight" }
}
