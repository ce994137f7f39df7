import ModelFiles
import Quantization
import TensorCore

/// Where a GGUF file keeps the tensor of a role: a tensor of its own, or some rows of a fused one.
///
/// Converters may write the weights of q, k and v, and their biases, as one tensor `attn_qkv`, the rows one after the
/// other.
struct GGUFPlace {
  let tensor: GGUFFile.Tensor
  /// Rows, or numbers of a vector, of the tensor.
  let rows: Range<Int>

  static func exists(_ role: TensorRole, in file: GGUFFile) -> Bool {
    file.tensor(role.ggufName) != nil || fusedName(of: role).flatMap(file.tensor) != nil
  }

  /// The names of the tensors that a role can be in.
  static func names(of role: TensorRole) -> [String] { [role.ggufName] + (fusedName(of: role).map { [$0] } ?? []) }

  /// Finds a tensor and checks its shape.
  ///
  /// - Parameter shape: The shape of the role's own tensor, `[rows, columns]` or `[count]`.
  /// - Throws: ``GGUFError``.
  init(_ role: TensorRole, shape: [Int], in file: GGUFFile, _ configuration: ModelConfiguration) throws(GGUFError) {
    var (name, expected, first) = (role.ggufName, shape, 0)
    if file.tensor(name) == nil, let fused = Self.fusedName(of: role), file.tensor(fused) != nil {
      let rows = [LinearLayer.q, .k, .v].map { configuration.shape(of: $0).rows }
      name = fused
      expected[0] = rows.reduce(0, +)
      first = rows[..<Self.orderInFused(role)].reduce(0, +)
    }
    guard let tensor = file.tensor(name) else { throw GGUFError(path: file.path, reason: .missingTensor(name)) }
    guard tensor.shape == expected else {
      throw GGUFError(path: file.path, reason: .tensorShape(name, found: tensor.shape, expected: expected))
    }
    self.tensor = tensor
    rows = first..<first + shape[0]
  }

  /// Bytes from the beginning of the tensor.
  var bytes: Range<Int> {
    let rowBytes = tensor.shape[0] == 0 ? 0 : tensor.range.count / tensor.shape[0]
    return rows.lowerBound * rowBytes..<rows.upperBound * rowBytes
  }

  private static func fusedName(of role: TensorRole) -> String? {
    switch role {
    case .linear(.q, let block), .linear(.k, let block), .linear(.v, let block): "blk.\(block).attn_qkv.weight"
    case .bias(.q, let block), .bias(.k, let block), .bias(.v, let block): "blk.\(block).attn_qkv.bias"
    default: nil
    }
  }

  private static func orderInFused(_ role: TensorRole) -> Int {
    switch role {
    case .linear(let layer, _), .bias(let layer, _): layer.rawValue
    default: 0
    }
  }
}
