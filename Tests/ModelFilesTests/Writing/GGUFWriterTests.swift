import Foundation
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// What is written is what the reader, and the builder of test files, take for a GGUF file.
struct GGUFWriterTests {
  private static func tensors() -> [GGUFWriter.Tensor] {
    [
      GGUFWriter.Tensor(
        name: "first", shape: [2, 4], format: .f32, bytes: TensorBytes((0..<8).map { Float($0) / 3 })),
      // Three bytes short of the alignment.
      GGUFWriter.Tensor(name: "odd", shape: [29], format: .f16, bytes: TensorBytes((0..<29).map { UInt16($0) })),
      GGUFWriter.Tensor(
        name: "blocks", shape: [3, 32], format: .q8_0, bytes: TensorBytes((0..<102).map { UInt8($0) })),
      GGUFWriter.Tensor(name: "none", shape: [0, 32], format: .q4_0, bytes: TensorBytes([UInt8]())),
      GGUFWriter.Tensor(name: "single", shape: [], format: .f32, bytes: TensorBytes([Float(7)])),
    ]
  }

  private static let values: [(key: String, value: GGUFEncodedValue)] = [
    ("u32", .uint32(4_000_000_000)), ("i32", .int32(-5)), ("f32", .float32(1e-5)), ("yes", .bool(true)),
    ("text", .string("Ġ \"é\"\n")), ("texts", .strings(["", "a", "ü"])), ("i32s", .int32s([1, -2, 3])),
    ("f32s", .float32s([-1000, 0.5])), ("bools", .bools([true, false])),
  ]

  @Test func everythingIsReadBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.gguf"
    try GGUFWriter(metadata: Self.values, tensors: Self.tensors()).write(to: path)
    let file = try GGUFFile(path: path)
    #expect(file.version == 3)
    #expect(file.entries.map(\.key) == Self.values.map(\.key))
    #expect(file.entries.map { GGUFEncodedValue($0) } == Self.values.map(\.value))
    #expect(file.metadata["u32"] == .unsigned(4_000_000_000))
    #expect(file.metadata["i32"] == .signed(-5))
    #expect(file.metadata["f32"] == .number(Double(Float(1e-5))))
    #expect(file.metadata["yes"] == .bool(true))
    #expect(file.metadata["text"]?.string == "Ġ \"é\"\n")
    #expect(file.metadata["texts"]?.strings == ["", "a", "ü"])
    #expect(file.metadata["i32s"]?.integers == [1, -2, 3])
    #expect(file.metadata["f32s"]?.numbers == [-1000, 0.5])
    #expect(file.metadata["bools"]?.bools == [true, false])
    #expect(file.tensors.map(\.name) == Self.tensors().map(\.name))
    #expect(file.tensors.map(\.shape) == Self.tensors().map(\.shape))
    #expect(file.tensors.map(\.format) == [.f32, .f16, .q8_0, .q4_0, .f32])
    let blocks = try #require(file.tensor("blocks"))
    #expect(file.data(of: blocks).array(of: UInt8.self) == (0..<102).map { UInt8($0) })
    let odd = try #require(file.tensor("odd"))
    #expect(file.data(of: odd).array(of: UInt16.self) == (0..<29).map { UInt16($0) })
  }

  /// A value that was read, whatever its width, gets the 32 bits that llama.cpp expects where they hold it.
  @Test func readValuesAreWrittenAsLlamaCppExpects() {
    #expect(GGUFEncodedValue(.unsigned(7)) == .uint32(7))
    #expect(GGUFEncodedValue(.signed(-7)) == .int32(-7))
    #expect(GGUFEncodedValue(.number(0.5)) == .float32(0.5))
    #expect(GGUFEncodedValue(.bool(true)) == .bool(true))
    #expect(GGUFEncodedValue(.string("x")) == .string("x"))
    #expect(GGUFEncodedValue(.unsigned(1 << 40)) != .uint32(0))
  }

  /// The bytes are those of the builder that the readers' tests use, at the usual alignment and at another.
  @Test(arguments: [32, 64, 8])
  func bytesEqualTheBuilders(alignment: Int) throws {
    var builder = GGUFBuilder()
    builder.alignment = alignment
    builder["general.alignment"] = .uint32(UInt32(alignment))
    builder["name"] = .string("x")
    builder.tensors = [
      GGUFBuilder.Tensor(name: "first", dimensions: [4, 2], data: [UInt8](repeating: 1, count: 32)),
      GGUFBuilder.Tensor(name: "second", dimensions: [5], data: [UInt8](repeating: 2, count: 20)),
      GGUFBuilder.Tensor(name: "third", dimensions: [8], data: [UInt8](repeating: 3, count: 32)),
    ]
    let writer = GGUFWriter(
      metadata: [("general.alignment", .uint32(alignment)), ("name", .string("x"))],
      tensors: [
        GGUFWriter.Tensor(
          name: "first", shape: [2, 4], format: .f32, bytes: TensorBytes([UInt8](repeating: 1, count: 32))),
        GGUFWriter.Tensor(
          name: "second", shape: [5], format: .f32, bytes: TensorBytes([UInt8](repeating: 2, count: 20))),
        GGUFWriter.Tensor(
          name: "third", shape: [8], format: .f32, bytes: TensorBytes([UInt8](repeating: 3, count: 32))),
      ], alignment: alignment)
    let folder = try TemporaryFolder()
    try writer.write(to: folder.path + "/m.gguf")
    #expect(try Array(Data(contentsOf: URL(filePath: folder.path + "/m.gguf"))) == builder.file)
    #expect(try GGUFFile(path: folder.path + "/m.gguf").alignment == alignment)
  }

  @Test func progressCountsEveryByte() throws {
    let folder = try TemporaryFolder()
    let writer = GGUFWriter(metadata: Self.values, tensors: Self.tensors())
    var seen: [Int] = []
    try writer.write(
      to: folder.path + "/m.gguf",
      progress: { written, total in
        #expect(total == writer.tensorByteCount)
        seen.append(written)
      })
    #expect(seen == seen.sorted())
    #expect(seen.last == writer.tensorByteCount)
  }
}
