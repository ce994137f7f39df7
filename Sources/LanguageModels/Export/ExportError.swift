import ModelFiles
import Quantization

/// Why a model or an adapter cannot be written in the form that was asked for.
package enum ExportError: Error, Hashable {
  /// An adapter is attached: it has to be merged into the weights first, or saved on its own.
  case unmergedAdapter
  /// There is no adapter to write.
  case noAdapter
  /// llama.cpp knows LoRA, but not the magnitudes of DoRA.
  case decomposedAdapter
  /// A format that cannot be written.
  case format(String, known: [String])
  /// Divisors of the rotation frequencies that no `rope_scaling` of transformers gives.
  case ropeFactors([Float])
  /// Biases on other layers than transformers' model of this architecture has them.
  case biases([LinearLayer], architecture: Architecture)
  /// Linear layers in formats that one `quantization_config` cannot name together.
  case mixedQuantization(String, String)
  /// The folder holds an adapter; transformers would take a model in it for that adapter's base.
  case folderHoldsAdapter(String)
}
