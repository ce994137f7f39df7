import ModelFiles
import TensorCore

/// The order of rotated rows in GGUF files of some families: the two numbers that turn together are neighbours.
///
/// Of each head, row j · d/2 + i of transformers' order (j = 0, 1) becomes row 2i + j.
struct RowInterleaving {
  let headSize: Int

  /// Where the row at a place of the file stands in transformers' order.
  func source(of row: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    return head * headSize + place % 2 * (headSize / 2) + place / 2
  }

  /// A vector with one number for each row.
  func applied(to values: [Float]) -> [Float] { values.indices.map { values[source(of: $0)] } }

  /// A matrix with other rows.
  func applied(to matrix: Matrix) -> Matrix {
    let moved = Matrix(rows: matrix.rows, columns: matrix.columns)
    for row in 0..<matrix.rows {
      moved.view.row(row).update(from: matrix.view.row(source(of: row)), count: matrix.columns)
    }
    return moved
  }
}

extension ModelConfiguration {
  /// How GGUF files order the rows of a layer, or `nil` when they keep transformers' order.
  func ggufRowOrder(of layer: LinearLayer) -> RowInterleaving? {
    guard architecture.interleavesRowsInGGUF, layer == .q || layer == .k else { return nil }
    return RowInterleaving(headSize: headSize)
  }
}
