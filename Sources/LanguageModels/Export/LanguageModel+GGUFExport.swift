import ModelFiles
import Quantization

extension LanguageModel {
  /// The formats in which a GGUF file can be written.
  package static let ggufExportFormats: [BlockFormat] = [.f32, .f16, .bf16, .q8_0, .q4_0]

  /// Writes the model as a GGUF file that llama.cpp runs.
  ///
  /// Formats of the tensors are those of llama.cpp's converter and of `llama-quantize`: norms and biases stay float32, rows
  /// that are no whole blocks become float16. For q4_0 the matrix that gives logits is kept finer, q8_0, where
  /// `llama-quantize` would write q6_K; a q6_K that the model has is copied. What is stored in the asked format already is
  /// copied byte for byte; all else is encoded from its float32 values. Metadata of a GGUF source are carried over.
  ///
  /// - Parameters:
  ///   - path: Written whole or not at all: what is there stays until the new file is complete.
  ///   - format: One of ``ggufExportFormats``.
  ///   - progress: Bytes written, and of how many.
  /// - Throws: ``ExportError``, ``FileError``, `CancellationError`, ``ChangedFileError``.
  package func exportGGUF(
    to path: String, as format: BlockFormat, isCancelled: () -> Bool = { false },
    progress: (_ written: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    guard adapter == nil else { throw ExportError.unmergedAdapter }
    guard Self.ggufExportFormats.contains(format) else {
      throw ExportError.format(format.name, known: Self.ggufExportFormats.map(\.name))
    }
    try source?.checkUnchanged()
    var tensors = exportedTensors.map { ggufTensor($0, as: format) }
    if let ropeFactors { tensors.insert(ropeFactors, at: 0) }
    var alignment = 32
    if case .gguf(let file) = source {
      alignment = file.alignment
      tensors = tensors.ordered(as: file)
    }
    let writer = GGUFWriter(
      metadata: try ggufMetadata(as: format), tensors: tensors, alignment: alignment)
    try writer.write(to: path, isCancelled: isCancelled, progress: progress)
  }

  /// Divisors of the frequencies that metadata cannot tell: a file's own, which its metadata may multiply, or the model's.
  private var ropeFactors: GGUFWriter.Tensor? {
    let name = TensorRole.ropeFactors.ggufName
    let values = configuration.ropeFactors
    if case .gguf(let file) = source {
      guard let stored = file.tensor(name) else { return nil }
      return GGUFWriter.Tensor(
        name: name, shape: stored.shape, format: stored.format, bytes: TensorBytes(file.data(of: stored)))
    }
    guard !values.isEmpty, configuration.linearRopeFactor == nil else { return nil }
    return GGUFWriter.Tensor(name: name, shape: [values.count], format: .f32, bytes: TensorBytes(values))
  }

  private func ggufTensor(_ tensor: ExportedTensor, as format: BlockFormat) -> GGUFWriter.Tensor {
    let name = tensor.role.ggufName
    var order: RowInterleaving?
    if case .linear(let layer, _) = tensor.role { order = configuration.ggufRowOrder(of: layer) }
    if case .bias(let layer, _) = tensor.role { order = configuration.ggufRowOrder(of: layer) }
    switch tensor.content {
    case .vector(let values):
      let moved = order?.applied(to: values) ?? values
      return GGUFWriter.Tensor(name: name, shape: [values.count], format: .f32, bytes: TensorBytes(moved))
    case .matrix(let weight):
      let format = ggufFormat(of: weight, as: tensor.role, in: format)
      return GGUFWriter.Tensor(
        name: name, shape: [weight.rows, weight.columns], format: format,
        bytes: TensorBytes(weight, as: format, order: order))
    }
  }

  /// The format of a matrix in a file of a format.
  private func ggufFormat(of weight: WeightMatrix, as role: TensorRole, in format: BlockFormat) -> BlockFormat {
    guard weight.columns % format.blockSize == 0 else { return .f16 }
    let givesLogits = role == .outputHead || (isTied && role == .tokenEmbedding)
    guard format == .q4_0, givesLogits else { return format }
    if case .blocks(.q6_K, _) = weight.storage { return .q6_K }
    return .q8_0
  }
}

extension BlockFormat {
  /// The number that `general.file_type` gives a file in this format: llama.cpp's `llama_ftype`.
  var ggufFileType: Int {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q4_0: 2
    case .q8_0: 7
    case .bf16: 32
    default: preconditionFailure("no files are written in \(name)")
    }
  }
}

extension [GGUFWriter.Tensor] {
  /// The same tensors in the order of a file, those that it does not have behind the others.
  fileprivate func ordered(as file: GGUFFile) -> [Element] {
    var places: [String: Int] = [:]
    for (index, tensor) in file.tensors.enumerated() { places[tensor.name] = index }
    return enumerated().sorted {
      (places[$0.element.name] ?? .max, $0.offset) < (places[$1.element.name] ?? .max, $1.offset)
    }.map(\.element)
  }
}
