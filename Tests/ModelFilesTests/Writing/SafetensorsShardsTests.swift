import Foundation
import JSONValue
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Files of weights as the Python library and transformers lay them out.
struct SafetensorsShardsTests {
  private static func tensor(_ name: String, _ type: SafetensorsType, _ count: Int) -> SafetensorsWriter.Tensor {
    SafetensorsWriter.Tensor(
      name: name, type: type, shape: [count], bytes: TensorBytes([UInt8](repeating: 7, count: count * type.size)))
  }

  /// The reference implementation sorts by type, the widest first, then by name; `torch.save_file` gave this order.
  @Test func tensorsAreSortedAsThePythonLibrarySortsThem() {
    let types: [SafetensorsType] = [.u8, .bf16, .f16, .f32, .i8, .i64, .bool, .f64, .i32, .i16]
    let writer = SafetensorsWriter(types.map { Self.tensor("b.\($0.rawValue)", $0, 3) } + [Self.tensor("a", .f32, 1)])
    #expect(
      writer.tensors.map(\.name) == [
        "b.I64", "b.F64", "a", "b.F32", "b.I32", "b.BF16", "b.F16", "b.I16", "b.I8", "b.U8", "b.BOOL",
      ])
  }

  @Test func oneFileNeedsNoIndex() throws {
    let folder = try TemporaryFolder()
    let shards = SafetensorsShards([Self.tensor("a", .f32, 2), Self.tensor("scalar \"quoted\"", .u8, 1)])
    try shards.write(to: folder.path, reporting: WriteProgress(total: shards.byteCount))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.safetensors"])
    let file = try SafetensorsFile(path: folder.path + "/model.safetensors")
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors["scalar \"quoted\""]?.shape == [1])
    #expect(file.tensors["a"].map { file.data(of: $0).array(of: UInt8.self) } == [UInt8](repeating: 7, count: 8))
  }

  /// A file is closed before the tensor that would make it too large; one that is too large alone gets its own.
  @Test func largeModelsAreSplit() throws {
    let folder = try TemporaryFolder()
    let sizes = [("a", 10), ("b", 10), ("c", 11), ("huge", 100), ("d", 1)]
    let shards = SafetensorsShards(sizes.map { Self.tensor($0.0, .u8, $0.1) }, limit: 20)
    var total = 0
    let progress = WriteProgress(total: shards.byteCount, update: { written, _ in total = written })
    try shards.write(to: folder.path, reporting: progress)
    #expect(total == 132)
    let index = try JSONValue(
      parsing: Data(contentsOf: URL(filePath: folder.path + "/model.safetensors.index.json")))
    #expect(index["metadata"]?["total_size"]?.integer == 132)
    let map = try #require(index["weight_map"]?.object).compactMapValues(\.string)
    func name(_ index: Int) -> String { "model-0000\(index)-of-00004.safetensors" }
    #expect(map == ["a": name(1), "b": name(1), "c": name(2), "huge": name(3), "d": name(4)])
    for (tensor, file) in map {
      #expect(try SafetensorsFile(path: "\(folder.path)/\(file)").tensors[tensor] != nil)
      #expect(SafetensorsShards.isWeightFile(file))
    }
    #expect(SafetensorsShards.isWeightFile("model.safetensors.index.json"))
    #expect(!SafetensorsShards.isWeightFile("adapter_model.safetensors"))
  }

  /// The second of three files meets a full disk.
  @Test func fullDiskLeavesTheOldFolder() throws {
    let parent = try TemporaryFolder()
    let path = parent.path + "/model"
    try AtomicFile.makeFolder(path)
    try AtomicFile.write(Data("old".utf8), to: path + "/model.safetensors")
    let shards = SafetensorsShards((0..<3).map { Self.tensor("t\($0)", .u8, 10) }, limit: 10)
    #expect(throws: FileError.self) {
      try AtomicFolder.write(to: path, isStale: SafetensorsShards.isWeightFile) { folder in
        try FileManager.default.createSymbolicLink(
          atPath: "\(folder)/model-00002-of-00003.safetensors.\(getpid()).partial", withDestinationPath: "/dev/full")
        try shards.write(to: folder, reporting: WriteProgress(total: shards.byteCount))
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["model.safetensors"])
    #expect(try String(contentsOfFile: path + "/model.safetensors", encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == ["model"])
  }
}
