import ModelFiles
import Quantization
import TensorCore
import Tokenization

extension LanguageModel {
  /// Loads a model from a GGUF file; weights stay in their formats and in the mapped file.
  ///
  /// llama.cpp's converter interleaves the rows of q and k of this family; they are put back into transformers' order
  /// here, once, so that everything else, adapters among it, knows a single order.
  /// - Throws: ``FileError``, ``GGUFError``, ``ModelError``, ``TokenizerError``.
  package init(ggufPath path: String) throws {
    try self.init(GGUFFile(path: path))
  }

  package init(_ file: GGUFFile) throws {
    var configuration = try ModelConfiguration(file)
    let tensors = GGUFTensors(file)
    let (vocabulary, hidden) = (configuration.vocabularySize, configuration.hiddenSize)
    configuration.ropeFactors = try tensors.vector(
      "rope_freqs.weight", count: configuration.headSize / 2, optional: true)
    let shapes = configuration
    let blocks = try (0..<configuration.blockCount).map { index in
      try TransformerBlock(
        attentionNorm: tensors.vector("blk.\(index).attn_norm.weight", count: hidden),
        feedForwardNorm: tensors.vector("blk.\(index).ffn_norm.weight", count: hidden)
      ) { layer in
        let shape = shapes.shape(of: layer)
        let weight = try tensors.matrix(layer.ggufTensor(inBlock: index), rows: shape.rows, columns: shape.columns)
        switch layer {
        case .q, .k: return weight.withRowHalvesApart(headSize: shapes.headSize)
        default: return weight
        }
      }
    }
    try self.init(
      configuration: configuration, tokenizer: Tokenizer(file),
      tokenEmbedding: tensors.matrix("token_embd.weight", rows: vocabulary, columns: hidden), blocks: blocks,
      outputNorm: tensors.vector("output_norm.weight", count: hidden),
      outputHead: file.tensor("output.weight") == nil
        ? nil : tensors.matrix("output.weight", rows: vocabulary, columns: hidden),
      path: file.path)
  }
}

/// Tensors of a file with their shapes checked.
private struct GGUFTensors {
  let file: GGUFFile

  init(_ file: GGUFFile) { self.file = file }

  func matrix(_ name: String, rows: Int, columns: Int) throws(GGUFError) -> WeightMatrix {
    let tensor = try tensor(name, shape: [rows, columns])
    return WeightMatrix(rows: rows, columns: columns, storage: .blocks(tensor.format, file.data(of: tensor)))
  }

  /// A vector as float32; empty when it is optional and not there.
  func vector(_ name: String, count: Int, optional: Bool = false) throws(GGUFError) -> [Float] {
    if optional && file.tensor(name) == nil { return [] }
    let tensor = try tensor(name, shape: [count])
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      tensor.format.decode(file.data(of: tensor).pointer, count: count, into: buffer.baseAddress!)
      initialized = count
    }
  }

  private func tensor(_ name: String, shape: [Int]) throws(GGUFError) -> GGUFFile.Tensor {
    guard let tensor = file.tensor(name) else { throw GGUFError(path: file.path, reason: .missingTensor(name)) }
    guard tensor.shape == shape else {
      throw GGUFError(path: file.path, reason: .tensorShape(name, found: tensor.shape, expected: shape))
    }
    return tensor
  }
}

extension WeightMatrix {
  /// Undoes the interleaving of rotated rows: of each head, row 2i + j becomes row j · d/2 + i.
  fileprivate func withRowHalvesApart(headSize: Int) -> WeightMatrix {
    guard case .blocks(let format, let bytes) = storage else { return self }
    let stride = format.bytes(for: columns)
    let half = headSize / 2
    let moved = Bytes(count: bytes.count) { target in
      for row in 0..<rows {
        let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
        let source = head * headSize + 2 * (place % half) + place / half
        (target.baseAddress! + row * stride).copyMemory(from: bytes.pointer + source * stride, byteCount: stride)
      }
    }
    return WeightMatrix(rows: rows, columns: columns, storage: .blocks(format, moved))
  }
}
