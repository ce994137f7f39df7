import CTensorKernels
import Foundation
import TensorCore

extension AttentionTile {
  /// Takes in what another tile of the same queries found in other keys.
  func join(_ other: AttentionTile) {
    for row in 0..<rowCount where other.memory.sums[row] > 0 {
      let (own, theirs) = (memory.maxima[row], other.memory.maxima[row])
      let maximum = max(own, theirs)
      let (factor, otherFactor) = (expf(own - maximum), expf(theirs - maximum))
      memory.maxima[row] = maximum
      memory.sums[row] = memory.sums[row] * factor + other.memory.sums[row] * otherFactor
      backend.kernels.scale(factor, output(ofRow: row), memory.paddedSize)
      backend.kernels.add_scaled(otherFactor, other.output(ofRow: row), output(ofRow: row), memory.paddedSize)
    }
  }

  /// Writes the weighted means of the values into `out [T, H · d]`, and the logarithms of the sums `[T, H]`.
  func write(into out: MatrixView, _ logSums: MatrixView?) {
    let (size, group) = (attention.headSize, attention.groupSize)
    for row in 0..<rowCount {
      let (query, head) = (queries.lowerBound + row / group, keyValueHead * group + row % group)
      let (source, target) = (output(ofRow: row), out.row(query) + head * size)
      let factor = 1 / memory.sums[row]
      for index in 0..<size { target[index] = source[index] * factor }
      logSums?.row(query)[head] = memory.maxima[row] + logf(memory.sums[row])
    }
  }
}
