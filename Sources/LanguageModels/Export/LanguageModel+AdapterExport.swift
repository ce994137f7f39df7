import ModelFiles
import Quantization
import TensorCore

extension LanguageModel {
  /// Writes the attached adapter as a GGUF file that llama.cpp loads beside the model (`--lora`).
  ///
  /// llama.cpp multiplies each pair by alpha / r with one alpha for all. Rank-stabilised scales become another alpha; a pair
  /// whose scale differs from the others', as PEFT's patterns make it, has the quotient in its B. Rows of B are ordered as the
  /// base's.
  ///
  /// A PiSSA adapter is written as the plain one that it is beside whole weights. DoRA has no place in such a file.
  ///
  /// - Throws: ``ExportError``, ``FileError``, `CancellationError`.
  package func exportAdapter(
    to path: String, isCancelled: () -> Bool = { false },
    progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    guard let attached = adapter, attached.parameterCount > 0 else { throw ExportError.noAdapter }
    guard !attached.isWeightDecomposed else { throw ExportError.decomposedAdapter }
    let adapter = try attached.besideWholeWeights()
    // 0 would be read as: multiply by nothing.
    let given = Float(adapter.options.scale) * Float(adapter.options.rank)
    let alpha = given == 0 ? Float(adapter.options.rank) : given
    var tensors: [GGUFWriter.Tensor] = []
    for (index, pairs) in adapter.pairs.enumerated() {
      for layer in LinearLayer.allCases {
        guard let pair = pairs[layer] else { continue }
        tensors += ggufTensors(of: pair, layer.ggufTensor(inBlock: index), configuration.ggufRowOrder(of: layer), alpha)
      }
    }
    let metadata: GGUFMetadata = [
      ("general.architecture", .string(configuration.architecture.rawValue)), ("general.type", .string("adapter")),
      ("adapter.type", .string("lora")), ("general.name", .string(Self.title(of: configuration.name))),
      ("adapter.lora.alpha", .float32(alpha)), ("general.quantization_version", .uint32(2)),
    ]
    try GGUFWriter(metadata: metadata, tensors: tensors).write(to: path, isCancelled: isCancelled, progress: progress)
  }

  private func ggufTensors(
    of pair: LoRAPair, _ name: String, _ order: RowInterleaving?, _ alpha: Float
  ) -> [GGUFWriter.Tensor] {
    let own = pair.scale / (alpha / Float(pair.rank))
    let b = (order?.applied(to: pair.b) ?? pair.b).values
    return [("lora_a", pair.a, pair.a.values), ("lora_b", pair.b, own == 1 ? b : b.map { $0 * own })].map {
      suffix, matrix, values in
      GGUFWriter.Tensor(
        name: "\(name).\(suffix)", shape: [matrix.rows, matrix.columns], format: .f32, bytes: TensorBytes(values))
    }
  }
}
