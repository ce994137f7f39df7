import Quantization
import TensorCore

/// Weights of any format and shape, for products whose results nobody looks at.
enum BenchmarkWeights {
  /// A matrix in a format of ggml, in NF4 or as int8, by the format's name.
  ///
  /// - Throws: ``BenchmarkFailure`` when there is no such format, or its blocks do not fill the columns.
  static func matrix(rows: Int, columns: Int, format name: String) throws -> WeightMatrix {
    switch name.lowercased() {
    case "nf4":
      let numbers = random(rows, columns)
      let codes = withExtendedLifetime(numbers) {
        CodeBookWeights(quantizing: UnsafeBufferPointer(numbers.view.buffer))
      }
      return WeightMatrix(rows: rows, columns: columns, storage: .codeBook(codes))
    case "int8":
      return WeightMatrix(
        rows: rows, columns: columns, storage: .int8(Int8Weights(quantizing: random(rows, columns).view)))
    default: return try blocks(rows, columns, name)
    }
  }

  /// Blocks of bytes which are small positive numbers wherever a format has a scale in them: speed depends on no value.
  private static func blocks(_ rows: Int, _ columns: Int, _ name: String) throws -> WeightMatrix {
    guard let format = BlockFormat.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else {
      let names = BlockFormat.allCases.map(\.name).joined(separator: ", ")
      throw BenchmarkFailure(description: "'\(name)' is no format of weights; there are \(names), nf4 and int8")
    }
    guard columns % format.blockSize == 0 else {
      throw BenchmarkFailure(
        description:
          "\(columns) columns are no whole number of blocks; \(format.name) needs a multiple of \(format.blockSize)")
    }
    var generator = SplitMix64(seed: 42)
    let bytes = Bytes(count: rows * format.bytes(for: columns)) { buffer in
      for index in buffer.indices { buffer[index] = 0x20 | UInt8(truncatingIfNeeded: generator.next() & 0x1f) }
    }
    return WeightMatrix(rows: rows, columns: columns, storage: .blocks(format, bytes))
  }

  private static func random(_ rows: Int, _ columns: Int) -> Matrix {
    let matrix = Matrix(rows: rows, columns: columns)
    var generator = SplitMix64(seed: 42)
    for index in 0..<matrix.view.count { matrix.view.base[index] = Float(generator.nextUniform() - 0.5) }
    return matrix
  }
}
