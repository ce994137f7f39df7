import ModelFiles
import TensorCore

/// Reads what an optimizer remembered; every tensor of the file must be asked for, in its type and shape.
struct OptimizerStateReader {
  fileprivate static let stepName = "step"

  private let file: SafetensorsFile
  private var unread: Set<String>

  init(_ file: SafetensorsFile) {
    self.file = file
    unread = Set(file.tensors.keys)
  }

  /// Updates that were done.
  mutating func step() throws(OptimizerStateError) -> Int {
    let tensor = try take(Self.stepName, .i64, [])
    return Int(max(0, file.data(of: tensor).array(of: Int64.self)[0]))
  }

  /// - Parameter isVector: Whether the matrix, of one row, is a vector in the file.
  /// - Throws: ``OptimizerStateError``, ``SafetensorsError``.
  mutating func read(_ name: String, into matrix: Matrix, isVector: Bool = false) throws {
    let tensor = try take(name, .f32, isVector ? [matrix.columns] : [matrix.rows, matrix.columns])
    matrix.view.copy(from: Matrix(rows: matrix.rows, columns: matrix.columns, values: try file.floats(of: tensor)).view)
  }

  mutating func bytes(_ name: String, shape: [Int]) throws(OptimizerStateError) -> Bytes {
    file.data(of: try take(name, .u8, shape))
  }

  /// Makes sure that nothing is left.
  func finish() throws(OptimizerStateError) {
    if let name = unread.min() { throw .unknown(name) }
  }

  private mutating func take(
    _ name: String, _ type: SafetensorsType, _ shape: [Int]
  ) throws(OptimizerStateError) -> SafetensorsFile.Tensor {
    guard let tensor = file.tensors[name] else { throw .missing(name) }
    guard tensor.type == type else { throw .type(name, found: tensor.type.rawValue) }
    guard tensor.shape == shape else { throw .shape(name, found: tensor.shape, expected: shape) }
    unread.remove(name)
    return tensor
  }
}

extension SafetensorsWriter.Tensor {
  /// The number of updates.
  static func step(_ count: Int) -> Self {
    Self(name: OptimizerStateReader.stepName, type: .i64, shape: [], bytes: TensorBytes([Int64(count)]))
  }

  /// A matrix as it is now.
  static func float32(_ name: String, _ matrix: Matrix, isVector: Bool = false) -> Self {
    Self(
      name: name, type: .f32, shape: isVector ? [matrix.columns] : [matrix.rows, matrix.columns],
      bytes: TensorBytes(matrix.values))
  }
}
