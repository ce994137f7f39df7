import ModelFiles
import Quantization
import TensorCore

/// Adam's two moments in one byte each, with a scale for every 256 numbers.
///
/// Each block is divided by its largest magnitude and every number replaced by the nearest of 256 values, which lie
/// evenly over seven decades. Dettmers et al., "8-bit Optimizers via Block-wise Quantization", 2022, arXiv:2110.02861;
/// bit for bit as bitsandbytes does it on the CPU. Storage: 8 + 32 / 256 bits for each moment instead of 32.
final class QuantizedMoments: @unchecked Sendable {
  /// Smaller matrices keep their moments as they are.
  static let smallestCount = 4096

  private static let blockSize = 256
  private static let signed = DynamicCode(DynamicMap.signed)
  private static let unsigned = DynamicCode(DynamicMap.unsigned)

  private let count: Int
  private let first: Moment
  private let second: Moment

  /// The codes of one moment and the scales of its blocks.
  private struct Moment {
    let codes: UnsafeMutablePointer<UInt8>
    let scales: Matrix
  }

  init(count: Int) {
    self.count = count
    func zeros() -> Moment {
      let codes = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
      codes.initialize(repeating: 0, count: count)
      return Moment(codes: codes, scales: Matrix(rows: 1, columns: (count + Self.blockSize - 1) / Self.blockSize))
    }
    first = zeros()
    second = zeros()
  }

  deinit {
    first.codes.deallocate()
    second.codes.deallocate()
  }

  /// Hands the moments of a range to `body` block by block, and keeps what it makes of them.
  ///
  /// - Parameter range: Begins at a block.
  func update(
    _ range: Range<Int>,
    _ body: (
      _ place: Int, _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>, _ count: Int
    ) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.blockSize) { buffer in
      guard let means = buffer.baseAddress else { return }
      let squares = means + Self.blockSize
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
        let (block, count) = (start / Self.blockSize, min(Self.blockSize, range.upperBound - start))
        Self.signed.decode(first.codes + start, scale: first.scales.view.base[block], into: means, count)
        Self.unsigned.decode(second.codes + start, scale: second.scales.view.base[block], into: squares, count)
        body(start, means, squares, count)
        first.scales.view.base[block] = Self.signed.encode(means, into: first.codes + start, count)
        second.scales.view.base[block] = Self.unsigned.encode(squares, into: second.codes + start, count)
      }
    }
  }
}

// MARK: - Checkpoints

extension QuantizedMoments {
  private static let names = (first: "exp_avg", second: "exp_avg_sq")

  /// Codes in the shape of the parameter, and the scales of their blocks.
  func tensors(of parameter: TrainedParameter) -> [SafetensorsWriter.Tensor] {
    [(Self.names.first, first), (Self.names.second, second)].flatMap { name, moment in
      [
        SafetensorsWriter.Tensor(
          name: "\(parameter.name).\(name)", type: .u8, shape: [parameter.matrix.rows, parameter.matrix.columns],
          bytes: TensorBytes(Array(UnsafeBufferPointer(start: moment.codes, count: count)))),
        .float32("\(parameter.name).\(name).absmax", moment.scales, isVector: true),
      ]
    }
  }

  /// Goes on with what ``tensors(of:)`` gave.
  ///
  /// - Throws: ``OptimizerStateError``, ``SafetensorsError``.
  func restore(_ reader: inout OptimizerStateReader, _ parameter: TrainedParameter) throws {
    for (name, moment) in [(Self.names.first, first), (Self.names.second, second)] {
      try reader.read("\(parameter.name).\(name).absmax", into: moment.scales, isVector: true)
      let codes = try reader.bytes(
        "\(parameter.name).\(name)", shape: [parameter.matrix.rows, parameter.matrix.columns])
      UnsafeMutableRawBufferPointer(start: moment.codes, count: count).copyMemory(
        from: UnsafeRawBufferPointer(start: codes.pointer, count: count))
    }
  }
}

/// Encoding and decoding blocks by one of the dynamic maps.
private struct DynamicCode: Sendable {
  private let values: [Float]
  /// The code of the value nearest to each of 65,536 evenly spaced numbers from -1 to 1: bitsandbytes' table.
  private let codes: [UInt8]

  init(_ values: [Float]) {
    self.values = values
    var code = 0
    codes = (0..<65_536).map { index in
      let number = Float(index) / 65_535 * 2 - 1
      while code < 255, abs(values[code + 1] - number) < abs(values[code] - number) { code += 1 }
      return UInt8(code)
    }
  }

  func decode(_ codes: UnsafePointer<UInt8>, scale: Float, into numbers: UnsafeMutablePointer<Float>, _ count: Int) {
    values.withUnsafeBufferPointer { values in
      for index in 0..<count { numbers[index] = values[Int(codes[index])] * scale }
    }
  }

  /// Returns the block's scale; a block of zeros has scale and codes 0.
  func encode(_ numbers: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<UInt8>, _ count: Int) -> Float {
    var lanes = SIMD16<Float>()
    var place = 0
    while place + 16 <= count {
      let next = UnsafeRawPointer(numbers + place).loadUnaligned(as: SIMD16<Float>.self)
      lanes = pointwiseMax(lanes, pointwiseMax(next, -next))
      place += 16
    }
    let scale = (place..<count).reduce(lanes.max()) { max($0, abs(numbers[$1])) }
    guard scale > 0 else {
      out.update(repeating: 0, count: count)
      return 0
    }
    let factor = 1 / scale
    codes.withUnsafeBufferPointer { codes in
      for index in 0..<count {
        let number = min(1, max(-1, numbers[index] * factor))
        out[index] = codes[Int(Int32((number + 1) * 0.5 * 65_535 + 0.5))]
      }
    }
    return scale
  }
}
