import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Files that are wrong in one place: the cases of llama.cpp's `test-gguf.cpp`, and of its advisories.
struct GGUFHeaderTests {
  @Test func smallFileIsRead() throws {
    let file = try GGUFFile(path: "m.gguf", bytes: Bytes(GGUFBuilder.small.file))
    #expect(file.version == 3 && file.alignment == 32)
    #expect(file.metadata == ["general.architecture": .string("llama"), "general.count": .unsigned(7)])
    #expect(file.tensors.map(\.shape) == [[2, 4], [8]])
    let second = try #require(file.tensor("second"))
    #expect(file.data(of: second).array(of: UInt8.self) == [UInt8](repeating: 2, count: 32))
  }

  @Test func magic() {
    expect(.notGGUF(found: Array("GGML".utf8) + GGUFBuilder.small.file[4..<48])) { $0.magic = Array("GGML".utf8) }
    expect(.notGGUF(found: []), readingGGUF: [])
    expect(.notGGUF(found: Array("GGU".utf8)), readingGGUF: Array("GGU".utf8))
  }

  @Test func version() throws {
    expect(.version(0)) { $0.version = 0 }
    expect(.version(1)) { $0.version = 1 }
    expect(.version(4)) { $0.version = 4 }
    expect(.bigEndian) { $0.version = 3 << 24 }
    expect(.bigEndian) { $0.version = 2 << 24 }
    var old = GGUFBuilder.small
    old.version = 2
    #expect(try GGUFFile(path: "m.gguf", bytes: Bytes(old.file)).version == 2)
  }

  private static let absurdValues = [1 << 28, 1 << 32, 1 << 62, UInt64(Int64.max), 1 << 63, .max]

  @Test(arguments: absurdValues)
  func absurdCounts(value: UInt64) throws { Self.expectAbsurdCounts(value) }

  /// Nothing is allocated for a count before it is compared with the size of the file.
  ///
  /// In a process of its own, as other tests need memory at the same time.
  @Test func absurdCountsTakeNoMemoryAndNoTime() async {
    await #expect(processExitsWith: .success) {
      let before = try ProcessMemory.peak()
      let time = ContinuousClock().measure { Self.absurdValues.forEach(Self.expectAbsurdCounts) }
      #expect(time < .seconds(1))
      #expect(try ProcessMemory.peak() - before < 16 << 20)
    }
  }

  private static func expectAbsurdCounts(_ value: UInt64) {
    let size = GGUFBuilder.small.file.count
    expect(.absurd(what: "the number of tensors", value: value, limit: UInt64((size - 16) / 24))) {
      $0.tensorCount = value
    }
    expect(.absurd(what: "the number of metadata keys", value: value, limit: UInt64((size - 24) / 13))) {
      $0.keyCount = value
    }
    expectAbsurdLengths(value)
  }

  private static func expectAbsurdLengths(_ value: UInt64) {
    var builder = GGUFBuilder()
    builder.keyCount = 1
    let start = builder.header
    let name = text(Array("k".utf8))
    let rest = [UInt8](repeating: 0, count: 40)
    expect(
      .truncated(what: "the name of a metadata key", needed: value, left: 40),
      readingGGUF: start + littleEndian(value) + rest)
    expect(
      .truncated(what: "the value of 'k'", needed: value, left: 40),
      readingGGUF: start + name + littleEndian(UInt32(8)) + littleEndian(value) + rest)
    for (type, size) in [(UInt32(0), 1), (4, 4), (7, 1), (8, 8), (12, 8)] {
      expect(
        .absurd(what: "the length of 'k'", value: value, limit: UInt64(40 / size)),
        readingGGUF: start + name + littleEndian(UInt32(9)) + littleEndian(type) + littleEndian(value) + rest)
    }
    builder = GGUFBuilder()
    builder.tensorCount = 1
    expect(
      .absurd(what: "the length of the name of a tensor", value: value, limit: 63),
      readingGGUF: builder.header + littleEndian(value) + rest)
  }

  @Test func keys() {
    expect(.emptyKey) { $0.keys[1].name = [] }
    expect(.duplicate(what: "metadata key 'general.architecture'")) { $0.keys.append($0.keys[0]) }
    expect(.notUTF8(what: "the name of a metadata key")) { $0.keys[1].name = [0x61, 0xff, 0x62] }
    expect(.notUTF8(what: "the value of 'general.count'")) {
      $0["general.count"] = GGUFBuilder.Value(type: 8, bytes: text([0xc3, 0x28]))
    }
  }

  @Test(arguments: [UInt32(13), 14, 255, 0x8000_0000, .max])
  func valueTypes(type: UInt32) {
    expect(.valueType(type, key: "k")) { $0["k"] = GGUFBuilder.Value(type: type, bytes: [0, 0, 0, 0, 0, 0, 0, 0]) }
    expect(.valueType(type, key: "k")) { $0["k"] = .array(type, [.uint32(0)]) }
  }

  @Test func arrays() throws {
    expect(.nestedArray(key: "k")) { $0["k"] = .array(9, [.array(4, [.uint32(1)])]) }
    expect(.absurd(what: "an element of 'k'", value: .max, limit: UInt64(Int.max))) {
      $0["k"] = .array(10, [.uint64(1 << 63)])
    }
    var builder = GGUFBuilder.small
    builder["empty"] = .array(8, [])
    builder["flags"] = .array(7, [.bool(true), .bool(false)])
    builder["words"] = .strings(["a", "ß"])
    let metadata = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file)).metadata
    #expect(metadata["empty"]?.strings == [] && metadata["flags"]?.bools == [true, false])
    #expect(metadata["words"]?.strings == ["a", "ß"])
  }

  @Test func alignment() throws {
    for value: UInt32 in [0, 3, 12, 33, 1 << 21, .max] {
      expect(.alignment(UInt64(value))) { $0["general.alignment"] = .uint32(value) }
    }
    for value: GGUFBuilder.Value in [.int32(32), .string("32"), .bool(true), .float32(32)] {
      expect(.wrongKey("general.alignment", expected: "an unsigned integer")) { $0["general.alignment"] = value }
    }
    var builder = GGUFBuilder.small
    builder.alignment = 128
    builder["general.alignment"] = .uint32(128)
    let file = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file))
    #expect(file.tensors.map { ($0.range.lowerBound - file.dataOffset) } == [0, 128] && file.dataOffset % 128 == 0)
  }
}
