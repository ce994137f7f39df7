import ModelFiles
import Quantization
import TensorCore
import Tokenization

extension LanguageModel {
  /// The types in which a Hugging Face folder can be written.
  package static let folderExportFormats: [BlockFormat] = [.f32, .f16, .bf16]

  /// Writes the model as a Hugging Face folder that transformers loads.
  ///
  /// Without a type every weight keeps what it has: float32, float16 and bfloat16 as they are, linear layers in 4-bit code
  /// books or int8 as bitsandbytes writes them, in any other format decoded to bfloat16. An embedding or head in such a
  /// format is decoded to float32, as rounding it would change the logits of a model whose layers were merged or quantized.
  /// Norms and biases have the type of most weights where that loses nothing, else float32. Rows of q and k are in
  /// transformers' order, gains as transformers stores them. A model that came from a folder takes that folder's
  /// configuration and tokenizer along; for another they are built.
  ///
  /// - Parameters:
  ///   - folder: Made when it is not there. In one that is there weights are replaced and other files stay; see
  ///     ``AtomicFolder/write(to:isStale:_:)``.
  ///   - type: One of ``folderExportFormats``, to which everything is decoded and rounded.
  ///   - shardLimit: Bytes of tensors in one file.
  ///   - progress: Bytes written, and of how many.
  /// - Throws: ``ExportError``, ``FileError``, `CancellationError`, ``ChangedFileError``.
  package func save(
    to folder: String, as type: BlockFormat? = nil, shardLimit: Int = 5_000_000_000,
    isCancelled: () -> Bool = { false }, progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    guard adapter == nil else { throw ExportError.unmergedAdapter }
    if let type, !Self.folderExportFormats.contains(type) {
      throw ExportError.format(type.name, known: Self.folderExportFormats.map(\.name))
    }
    if FileContents.exists("\(folder)/adapter_config.json") {
      throw ExportError.folderHoldsAdapter(folder)
    }
    try source?.checkUnchanged()
    let files = try FolderFiles(self, as: type)
    let shards = SafetensorsShards(folderTensors(as: type), limit: shardLimit)
    try withoutActuallyEscaping(isCancelled) { isCancelled in
      try withoutActuallyEscaping(progress) { update in
        let progress = WriteProgress(total: shards.byteCount, isCancelled: isCancelled, update: update)
        try AtomicFolder.write(to: folder, isStale: SafetensorsShards.isWeightFile) { temporary in
          for (name, data) in files.contents { try AtomicFile.write(data, to: "\(temporary)/\(name)") }
          try shards.write(to: temporary, reporting: progress)
        }
      }
    }
  }

  /// The type of most weights in a folder that are not quantized.
  func folderType(as type: BlockFormat?) -> BlockFormat {
    let layer = blocks.first?[.q]
    if type == nil, let layer, BitsAndBytes.Kind(layer) == nil {
      return Self.floatFormat(of: layer, as: nil, .bf16)
    }
    return Self.floatFormat(of: tokenEmbedding, as: type, .f32)
  }

  /// - Parameter fallback: The type of a weight that is stored in no type of its own.
  private static func floatFormat(
    of weight: WeightMatrix, as type: BlockFormat?, _ fallback: BlockFormat
  ) -> BlockFormat {
    if let type { return type }
    if case .blocks(let format, _) = weight.storage, folderExportFormats.contains(format) { return format }
    return fallback
  }
}

// MARK: - Tensors

extension LanguageModel {
  private func folderTensors(as type: BlockFormat?) -> [SafetensorsWriter.Tensor] {
    exportedTensors.flatMap { tensor -> [SafetensorsWriter.Tensor] in
      let hasPostNorms = configuration.architecture.hasPostNorms
      guard let name = tensor.role.huggingFaceName(hasPostNorms: hasPostNorms) else { return [] }
      switch tensor.content {
      case .vector(let values): return [folderTensor(name, stored(values, as: tensor.role), as: type)]
      case .matrix(let weight):
        var fallback = BlockFormat.f32
        if case .linear = tensor.role {
          if type == nil, let tensors = BitsAndBytes.tensors(of: weight, name) { return tensors }
          fallback = .bf16
        }
        let format = Self.floatFormat(of: weight, as: type, fallback)
        return [
          SafetensorsWriter.Tensor(
            name: name, type: format.safetensorsType, shape: [weight.rows, weight.columns],
            bytes: TensorBytes(weight, as: format))
        ]
      }
    }
  }

  /// A vector as transformers stores it: without what its norms add.
  private func stored(_ values: [Float], as role: TensorRole) -> [Float] {
    let offset = configuration.architecture.normOffset
    switch role {
    case .outputNorm, .norm: return offset == 0 ? values : values.map { $0 - offset }
    default: return values
    }
  }

  private func folderTensor(_ name: String, _ values: [Float], as type: BlockFormat?) -> SafetensorsWriter.Tensor {
    let matrix = WeightMatrix(Matrix(rows: 1, columns: values.count, values: values))
    let format = type ?? (matrix.isExact(in: folderType(as: nil)) ? folderType(as: nil) : .f32)
    return SafetensorsWriter.Tensor(
      name: name, type: format.safetensorsType, shape: [values.count], bytes: TensorBytes(matrix, as: format))
  }
}

extension WeightMatrix {
  /// Whether a format of floating-point numbers holds all numbers as they are.
  fileprivate func isExact(in format: BlockFormat) -> Bool {
    guard let rounded = try? encoded(as: format) else { return false }
    return rounded.decoded().values.map(\.bitPattern) == decoded().values.map(\.bitPattern)
  }
}

extension BlockFormat {
  fileprivate var safetensorsType: SafetensorsType {
    switch self {
    case .f32: .f32
    case .f16: .f16
    case .bf16: .bf16
    default: preconditionFailure("\(name) is no type of safetensors")
    }
  }

  /// The name of a floating-point type in torch.
  var torchName: String {
    switch self {
    case .f32: "float32"
    case .f16: "float16"
    case .bf16: "bfloat16"
    default: preconditionFailure("\(name) is no type of torch")
    }
  }
}
