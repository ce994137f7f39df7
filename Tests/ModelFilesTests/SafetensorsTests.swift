import Foundation
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Files of huggingface/safetensors: written, read, and refused.
struct SafetensorsTests {
  private func read(_ header: String, data: Int, length: UInt64? = nil) throws -> SafetensorsFile {
    let bytes = littleEndian(length ?? UInt64(header.utf8.count)) + header.utf8 + [UInt8](repeating: 0, count: data)
    return try SafetensorsFile(path: "t.safetensors", bytes: Bytes(bytes))
  }

  private func expectError(
    _ reason: SafetensorsError.Reason, _ header: String, data: Int = 8, length: UInt64? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: SafetensorsError(path: "t.safetensors", reason: reason), sourceLocation: sourceLocation) {
      try read(header, data: data, length: length)
    }
  }

  private func entry(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  @Test func writtenFilesAreRead() throws {
    let tensors = [
      "b": Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6]), "a": Matrix(rows: 1, columns: 1, values: [-0.5]),
    ]
    let data = SafetensorsWriter.data(tensors)
    let file = try SafetensorsFile(path: "t.safetensors", bytes: Bytes(Array(data)))
    #expect(file.metadata == ["format": "pt"])
    #expect(Set(file.tensors.keys) == ["a", "b"])
    for (name, matrix) in tensors {
      let tensor = try #require(file.tensors[name])
      #expect(tensor.shape == [matrix.rows, matrix.columns])
      #expect(try file.floats(of: tensor) == matrix.values)
    }
    // The header is padded, so that the numbers lie on a multiple of eight.
    #expect(data.prefix(8).first.map { Int($0) % 8 } == 0)
  }

  @Test func halfPrecisionIsWidened() throws {
    let header =
      "{\"h\":\(entry("F16", "[1]", "[0,2]")),\"b\":\(entry("BF16", "[1]", "[2,4]")),\"d\":\(entry("F64", "[1]", "[4,12]"))}"
    let numbers = littleEndian(Float16(1.5).bitPattern) + littleEndian(UInt16(0xbfc0)) + littleEndian((0.25).bitPattern)
    let file = try SafetensorsFile(
      path: "t", bytes: Bytes(littleEndian(UInt64(header.utf8.count)) + header.utf8 + numbers))
    let values = try ["h", "b", "d"].map { try file.floats(of: #require(file.tensors[$0])) }
    #expect(values == [[1.5], [-1.5], [0.25]])
  }

  @Test func headerLengths() {
    for count in 0..<8 {
      #expect(throws: SafetensorsError(path: "t", reason: .truncated(needed: 8, found: count))) {
        try SafetensorsFile(path: "t", bytes: Bytes([UInt8](repeating: 0, count: count)))
      }
    }
    for length: UInt64 in [11, 100_000_001, 1 << 62, 1 << 63, .max] {
      expectError(.headerTooLong(length, found: 10), "{}", data: 8, length: length)
    }
  }

  @Test(arguments: ["", "[]", "1", "{", "{\"a\":", "\u{0}\u{1}", "null", "{}}", String(repeating: "[", count: 100_000)])
  func headerIsJSON(header: String) {
    expectError(.headerNotJSON, header)
  }

  @Test(arguments: [
    "1", "{}", "{\"dtype\":\"F32\",\"shape\":[2]}", "{\"dtype\":1,\"shape\":[2],\"data_offsets\":[0,8]}",
    "{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}", "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":8}",
    "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}",
    "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}",
    "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,\"8\"]}",
    "{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}",
    "{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}",
    "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,1e300]}",
  ])
  func entries(entry: String) {
    expectError(.entry("a"), "{\"a\":\(entry)}")
  }

  @Test func types() throws {
    for type in ["F4", "f32", "F8_E4M3", "", "U64"] { expectError(.type(type, tensor: "a"), "{\"a\":\(entry(type))}") }
    let file = try read("{\"a\":\(entry("I64", "[1]"))}", data: 8)
    #expect(throws: SafetensorsError(path: "t.safetensors", reason: .notFloat("a", type: "I64"))) {
      try file.floats(of: #require(file.tensors["a"]))
    }
  }

  @Test func offsets() {
    expectError(.outOfFile("a", end: 9, size: 8), "{\"a\":\(entry("F32", "[2]", "[0,9]"))}")
    expectError(.outOfFile("a", end: 8, size: 7), "{\"a\":\(entry())}", data: 7)
    expectError(.outOfFile("a", end: .max, size: 8), "{\"a\":\(entry("F32", "[2]", "[0,\(Int.max)]"))}")
    expectError(.outOfFile("a", end: 0, size: 8), "{\"a\":\(entry("F32", "[2]", "[8,0]"))}")
    expectError(.outOfFile("a", end: 4, size: 8), "{\"a\":\(entry("F32", "[2]", "[-4,4]"))}")
  }

  @Test func sizes() {
    expectError(.size("a", expected: 12, found: 8), "{\"a\":\(entry("F32", "[3]"))}")
    expectError(.size("a", expected: 4, found: 8), "{\"a\":\(entry("F16"))}")
    expectError(.size("a", expected: 0, found: 8), "{\"a\":\(entry("F32", "[0,2]"))}")
    for shape in ["[\(Int.max),\(Int.max)]", "[4294967296,4294967296]", "[1000000]"] {
      expectError(.size("a", expected: nil, found: 8), "{\"a\":\(entry("F32", shape))}")
    }
  }

  /// The format allows neither overlaps nor gaps, so that no byte is hidden or has two meanings.
  @Test func places() {
    let overlapping = "{\"a\":\(entry()),\"b\":\(entry("F32", "[1]", "[4,8]"))}"
    expectError(.misplaced("b", found: 4, expected: 8), overlapping)
    expectError(.misplaced("a", found: 4, expected: 0), "{\"a\":\(entry("F32", "[1]", "[4,8]"))}")
    expectError(.bytesLeft(1), "{\"a\":\(entry())}", data: 9)
  }
}
