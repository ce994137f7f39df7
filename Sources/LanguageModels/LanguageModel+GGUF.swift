import ModelFiles
import Quantization
import TensorCore
import Tokenization

extension LanguageModel {
  /// Loads a model from a GGUF file; weights stay in their formats and in the mapped file.
  ///
  /// - Throws: ``FileError``, ``GGUFError``, ``ModelError``, ``TokenizerError``.
  package init(ggufPath path: String) throws {
    try self.init(GGUFFile(path: path))
  }

  /// Puts a model together from a file that is open.
  package init(_ file: GGUFFile) throws {
    try self.init(GGUFWeights(file: file))
  }
}

/// The tensors of a GGUF file with their shapes checked.
private struct GGUFWeights: WeightSource {
  let file: GGUFFile
  let configuration: ModelConfiguration

  init(file: GGUFFile) throws {
    self.file = file
    configuration = try ModelConfiguration(file)
  }

  var files: ModelSource { .gguf(file) }

  func tokenizer() throws -> Tokenizer { try Tokenizer(file) }

  func contains(_ role: TensorRole) -> Bool { file.tensor(role.ggufName) != nil }

  /// llama.cpp's converter interleaves the rows of q and k of some families; they are put back into transformers' order
  /// here, once, so that everything else, adapters among it, knows a single order.
  func matrix(_ role: TensorRole, rows: Int, columns: Int) throws -> WeightMatrix {
    let tensor = try tensor(role.ggufName, shape: [rows, columns])
    let weight = WeightMatrix(rows: rows, columns: columns, storage: .blocks(tensor.format, file.data(of: tensor)))
    switch role {
    case .linear(.q, _), .linear(.k, _):
      guard configuration.architecture.interleavesRowsInGGUF else { return weight }
      return weight.withRowHalvesApart(headSize: configuration.headSize)
    default: return weight
    }
  }

  func vector(_ role: TensorRole, count: Int) throws -> [Float] {
    let tensor = try tensor(role.ggufName, shape: [count])
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
