import Foundation
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Models in several files.
struct GGUFSplitTests {
  private let folder: TemporaryFolder
  private func name(_ part: Int) -> String { "m-0000\(part)-of-00003.gguf" }
  private func path(_ part: Int) -> String { folder.path + "/" + name(part) }

  init() throws {
    folder = try TemporaryFolder()
    for part in 1...3 {
      try folder.write(Fixtures.bytes("architectures/qwen2-split-0000\(part)-of-00003.gguf"), to: name(part))
    }
  }

  /// Writes a part with something changed in it.
  private func spoil(_ part: Int, _ change: (inout GGUFBuilder) -> Void) throws {
    // Read from memory, the other parts are not looked for before the keys are changed.
    var builder = try GGUFBuilder(copyingPart: Fixtures.bytes("architectures/qwen2-split-0000\(part)-of-00003.gguf"))
    change(&builder)
    try folder.write(builder.file, to: name(part))
  }

  private func expect(
    _ reason: GGUFError.Reason, at part: Int, opening opened: Int = 1,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: GGUFError(path: path(part), reason: reason), sourceLocation: sourceLocation) {
      try GGUFFile(path: path(opened))
    }
  }

  /// Whichever part is opened, all tensors are there with their own bytes.
  @Test(arguments: 1...3)
  func anyPartOpensAll(part: Int) throws {
    let whole = try GGUFFile(path: Fixtures.path("architectures/qwen2.gguf"))
    let split = try GGUFFile(path: path(part))
    #expect(split.path == path(part) && split.partPaths == [path(1), path(2), path(3)])
    #expect(split.metadata["tokenizer.ggml.tokens"] == whole.metadata["tokenizer.ggml.tokens"])
    #expect(Set(split.tensors.map(\.name)) == Set(whole.tensors.map(\.name)))
    #expect(Set(split.tensors.map(\.part)).count > 1)
    for tensor in whole.tensors {
      let other = try #require(split.tensor(tensor.name))
      #expect(other.shape == tensor.shape && other.format == tensor.format)
      #expect(split.data(of: other) == whole.data(of: tensor))
    }
  }

  @Test(arguments: [(2, 1), (3, 1), (1, 3)])
  func missingPart(part: Int, opened: Int) throws {
    try FileManager.default.removeItem(atPath: path(part))
    expect(.missingPart(path(part), of: 3), at: part, opening: opened)
  }

  @Test func otherName() throws {
    try FileManager.default.moveItem(atPath: path(1), toPath: folder.path + "/other.gguf")
    #expect(throws: GGUFError(path: folder.path + "/other.gguf", reason: .partName(expected: "…-00001-of-00003.gguf")))
    {
      try GGUFFile(path: folder.path + "/other.gguf")
    }
  }

  @Test func partsThatContradictEachOther() throws {
    try spoil(2) { $0["split.count"] = .uint32(4) }
    expect(.split("split.count", found: 4, expected: 3), at: 2)
    try spoil(2) { $0["split.no"] = .uint32(2) }
    expect(.split("split.no", found: 2, expected: 1), at: 2)
    try spoil(2) { $0["split.count"] = nil }
    expect(.split("split.count", found: 1, expected: 3), at: 2)
    try spoil(2) { _ in }
    try spoil(1) { $0["split.tensors.count"] = .int32(1000) }
    let count = try GGUFFile(path: Fixtures.path("architectures/qwen2.gguf")).tensors.count
    expect(.split("split.tensors.count", found: 1000, expected: count), at: 1)
  }

  @Test func impossibleKeys() throws {
    try spoil(1) { $0["split.no"] = .uint32(3) }
    expect(.wrongKey("split.no", expected: "an integer in 0 ... 2"), at: 1)
    try spoil(1) { $0["split.no"] = nil }
    expect(.missingKey("split.no"), at: 1)
    try spoil(1) { $0["split.count"] = .uint32(100_000) }
    expect(.wrongKey("split.count", expected: "an integer in 0 ... 99999"), at: 1)
    try spoil(1) { $0["split.count"] = .string("3") }
    expect(.wrongKey("split.count", expected: "an integer in 0 ... 99999"), at: 1)
  }

  /// A tensor in two parts: neither is silently preferred.
  @Test func doubleTensor() throws {
    let first = try #require(GGUFFile(path: path(1)).tensors.first { $0.part == 1 })
    try spoil(3) { $0.tensors[0].name = first.name }
    expect(.duplicate(what: "tensor '\(first.name)'"), at: 3)
  }

  @Test func damagedPartIsNamed() throws {
    let bytes = try Array(Data(contentsOf: URL(filePath: path(3))))
    try folder.write(bytes.prefix(bytes.count / 2), to: name(3))
    let error = #expect(throws: GGUFError.self) { try GGUFFile(path: path(1)) }
    #expect(error?.path == path(3))
  }

  /// One part in memory is no model.
  @Test func partInMemory() throws {
    let bytes = try Bytes(Fixtures.bytes("architectures/qwen2-split-00001-of-00003.gguf"))
    #expect(throws: GGUFError(path: path(1), reason: .missingPart(path(2), of: 3))) {
      try GGUFFile(path: path(1), bytes: bytes)
    }
  }
}

extension GGUFBuilder {
  /// Takes one part of a split file apart.
  fileprivate init(copyingPart bytes: [UInt8]) throws {
    // Under another name for the key, the part reads as a whole file.
    let disguised = bytes.replacing("split.count".utf8, with: "split.kount".utf8)
    self.init(copying: try GGUFFile(path: "part.gguf", bytes: Bytes(disguised)))
    let count = self["split.kount"]
    self["split.kount"] = nil
    self["split.count"] = count
  }
}
