import ModelFiles
import TensorCore
import Testing

/// Entries of tensors that are wrong: shapes, types and places.
struct GGUFTensorTests {
  private let size = UInt64(GGUFBuilder.small.file.count)

  @Test func names() {
    expect(.duplicate(what: "tensor 'first'")) { $0.tensors[1].name = "first" }
    let long = String(repeating: "a", count: 64)
    expect(.absurd(what: "the length of the name of a tensor", value: 64, limit: 63)) { $0.tensors[1].name = long }
    expect(
      .notUTF8(what: "the name of a tensor"),
      readingGGUF: spoilt { $0.replacing("first".utf8, with: [0xff] + "irst".utf8) })
  }

  private func spoilt(_ change: ([UInt8]) -> [UInt8]) -> [UInt8] { change(GGUFBuilder.small.file) }

  @Test(arguments: [UInt32(5), 6, 0x4000_0000, .max])
  func dimensionCounts(count: UInt32) {
    expect(.dimensions(count, tensor: "first")) { $0.tensors[0].dimensionCount = count }
  }

  @Test(arguments: [1 << 33, 1 << 62, UInt64(Int64.max), 1 << 63, .max])
  func sizes(value: UInt64) {
    expect(.absurd(what: "a size of 'first'", value: value, limit: size * 8)) { $0.tensors[0].dimensions = [value, 1] }
    expect(.absurd(what: "a size of 'first'", value: value, limit: size * 8)) { $0.tensors[0].dimensions = [1, value] }
  }

  /// Sizes that are possible one by one, but not their product.
  @Test func products() {
    let largest = size * 8
    for dimensions in [[largest, 2], [largest, largest], [2, largest, largest, largest]] {
      // The header grows with the dimensions, and with it what is possible.
      let limit = UInt64(withDimensions(dimensions).file.count) * 8
      expect(.absurd(what: "the elements of 'first'", value: .max, limit: limit)) {
        $0.tensors[0].dimensions = dimensions
      }
    }
  }

  private func withDimensions(_ dimensions: [UInt64]) -> GGUFBuilder {
    var builder = GGUFBuilder.small
    builder.tensors[0].dimensions = dimensions
    return builder
  }

  @Test func emptyAndScalarTensorsAreRead() throws {
    var builder = GGUFBuilder.small
    builder.tensors[0] = GGUFBuilder.Tensor(name: "empty", dimensions: [0, 4], data: [])
    builder.tensors.append(GGUFBuilder.Tensor(name: "scalar", dimensions: [], data: [0, 0, 128, 63]))
    let file = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file))
    #expect(file.tensors.map(\.shape) == [[4, 0], [8], []])
    #expect(file.tensors.map(\.range.count) == [0, 32, 4])
  }

  /// Types that Quill does not read, types that ggml gave up, and types that never were.
  @Test(arguments: [UInt32(4), 5, 9, 15, 16, 22, 24, 28, 29, 31, 36, 40, 43, 1000, .max])
  func types(type: UInt32) {
    expect(.tensorType(type, tensor: "first")) { $0.tensors[0].type = type }
  }

  @Test func rowsOfWholeBlocks() {
    expect(.rowNotDivisible(tensor: "first", columns: 4, format: "q4_0", blockSize: 32)) { $0.tensors[0].type = 2 }
    expect(.rowNotDivisible(tensor: "second", columns: 8, format: "q6_K", blockSize: 256)) { $0.tensors[1].type = 14 }
    // 32 × 8 elements fill a block of 256, but rows may not share one.
    expect(.rowNotDivisible(tensor: "first", columns: 32, format: "q4_K", blockSize: 256)) {
      $0.tensors[0].type = 12
      $0.tensors[0].dimensions = [32, 8]
    }
  }

  @Test func misaligned() {
    for offset: UInt64 in [1, 31, 33, .max] {
      expect(.tensorMisplaced(tensor: "second", offset: offset, alignment: 32)) { $0.tensors[1].offset = offset }
    }
  }

  @Test func outOfFile() {
    let end = size + 32
    expect(.tensorOutOfFile(tensor: "second", end: end, size: size)) { $0.tensors[1].offset = 64 }
    // Sums that overflow 64 bits, by the header's size and by the tensor's own.
    expect(.tensorOutOfFile(tensor: "second", end: .max, size: size)) { $0.tensors[1].offset = .max - 31 }
    expect(.tensorOutOfFile(tensor: "first", end: .max, size: size)) { $0.tensors[0].offset = .max - (size - 64) - 31 }
    // Dimensions that were blown up: what lies behind the file must not be read.
    expect(.tensorOutOfFile(tensor: "second", end: size + 96, size: size)) { $0.tensors[1].dimensions = [32] }
  }

  @Test func overlapping() {
    expect(.tensorsOverlap(first: "first", second: "second")) { $0.tensors[1].offset = 0 }
    expect(.tensorsOverlap(first: "first", second: "second")) {
      $0.tensors[0].dimensions = [4, 4]
    }
  }

  @Test func gapsAndOtherOrdersAreRead() throws {
    var builder = GGUFBuilder.small
    (builder.tensors[0].offset, builder.tensors[1].offset) = (32, 0)
    let file = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file))
    #expect(file.tensors.map { $0.range.lowerBound - file.dataOffset } == [32, 0])
  }
}
