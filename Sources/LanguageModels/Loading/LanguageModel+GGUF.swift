import ModelFiles
import Quantization
import TensorCore
import Tokenization

extension LanguageModel {
  /// Loads a model from a GGUF file; weights stay in their formats and in the mapped file.
  ///
  /// - Throws: ``FileError``, ``GGUFError``, ``TokenizerError``.
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
    try checkNames()
  }

  var files: ModelSource { .gguf(file) }

  func tokenizer() throws -> Tokenizer { try Tokenizer(file) }

  func contains(_ role: TensorRole) -> Bool { GGUFPlace.exists(role, in: file) }

  /// Makes sure that each tensor has a role, so that none is silently left out.
  private func checkNames() throws(GGUFError) {
    let known = Set(configuration.roles.flatMap(GGUFPlace.names))
    let stranger = file.tensors.first { !known.contains($0.name) && !Self.isComputed($0.name) }
    if let stranger { throw GGUFError(path: file.path, reason: .unknownTensor(stranger.name)) }
  }

  /// Whether a tensor is a table of rotation frequencies, which old converters wrote and everybody computes.
  private static func isComputed(_ name: String) -> Bool {
    name.hasPrefix("blk.") && name.hasSuffix(".attn_rot_embd.weight")
  }

  /// llama.cpp's converter interleaves the rows of q and k of some families; they are counted in transformers' order, so that
  /// everything else, adapters among it, knows a single order.
  func matrix(_ role: TensorRole, rows: Int, columns: Int) throws -> WeightMatrix {
    let place = try GGUFPlace(role, shape: [rows, columns], in: file, configuration)
    let (format, bytes) = (place.tensor.format, file.data(of: place.tensor)[place.bytes])
    guard isInterleaved(role) else {
      return WeightMatrix(rows: rows, columns: columns, storage: .blocks(format, bytes))
    }
    return WeightMatrix(
      rows: rows, columns: columns, format: format, rotated: bytes, headSize: configuration.headSize)
  }

  func vector(_ role: TensorRole, count: Int) throws -> [Float] {
    let place = try GGUFPlace(role, shape: [count], in: file, configuration)
    var bytes = file.data(of: place.tensor)
    let format = place.tensor.format
    // A vector is a row: in a format of blocks a part of it may begin within one.
    var values = [Float](unsafeUninitializedCapacity: place.tensor.shape[0]) { buffer, initialized in
      bytes.withUnsafeBytes {
        format.decode($0.baseAddress!, count: place.tensor.shape[0], into: buffer.baseAddress!)
      }
      initialized = place.tensor.shape[0]
    }
    values = Array(values[place.rows])
    if role == .ropeFactors, !values.allSatisfy({ $0.isFinite && $0 > 0 }) {
      throw GGUFError(path: file.path, reason: .tensorValues(role.ggufName, expected: "positive numbers"))
    }
    if isInterleaved(role) {
      bytes = RotatedRows.halvesApart(Bytes(values), rows: count, headSize: configuration.headSize)
      values = bytes.array(of: Float.self)
    }
    return values
  }

  private func isInterleaved(_ role: TensorRole) -> Bool {
    switch role {
    case .linear(.q, _), .linear(.k, _), .bias(.q, _), .bias(.k, _): configuration.architecture.interleavesRowsInGGUF
    default: false
    }
  }
}
