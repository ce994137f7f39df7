import Foundation
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// What opening a file takes, and what happens to it when the file changes.
struct HeaderMemoryTests {
  private static let words = 262_144

  /// A vocabulary as large as Gemma's.
  private static func largeVocabulary() -> GGUFBuilder {
    var builder = GGUFBuilder.small
    builder["tokenizer.ggml.tokens"] = .strings((0..<words).map { "token-\($0)" })
    builder["tokenizer.ggml.scores"] = .array(6, (0..<words).map { .float32(Float($0)) })
    builder["tokenizer.ggml.token_type"] = .int32s([Int](repeating: 1, count: words))
    builder["tokenizer.ggml.merges"] = .strings((0..<words).map { "to ken-\($0)" })
    return builder
  }

  @Test func largeVocabularyIsNotDecoded() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.largeVocabulary().file, to: "m.gguf")
    let fastest = try (0..<5).map { _ in try Self.processorTime { _ = try GGUFFile(path: path) } }.min()
    // A million elements are stepped over or checked; decoding them takes several times as long.
    #expect(try #require(fastest) < 0.1)
    let file = try GGUFFile(path: path)
    let tokens = try #require(file.metadata["tokenizer.ggml.tokens"])
    #expect(tokens.array?.count == Self.words && tokens.strings?.last == "token-\(Self.words - 1)")
    #expect(file.metadata["tokenizer.ggml.scores"]?.numbers?[17] == 17)
    #expect(file.metadata["tokenizer.ggml.token_type"]?.integers == [Int](repeating: 1, count: Self.words))
    var bytes = 0
    tokens.array?.forEachString { bytes += $0.count }
    #expect(bytes == (0..<Self.words).reduce(0) { $0 + "token-\($1)".utf8.count })
  }

  /// Seconds of this thread alone, as other tests run at the same time.
  private static func processorTime(of body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try body()
    return now() - start
  }

  /// Every width of number in an array.
  @Test func arrayElements() throws {
    var builder = GGUFBuilder.small
    builder["u8"] = .array(0, [GGUFBuilder.Value(type: 0, bytes: [200])])
    builder["i8"] = .array(1, [GGUFBuilder.Value(type: 1, bytes: [200])])
    builder["u16"] = .array(2, [GGUFBuilder.Value(type: 2, bytes: [0, 255])])
    builder["i16"] = .array(3, [GGUFBuilder.Value(type: 3, bytes: [0, 255])])
    builder["u64"] = .array(10, [.uint64(1 << 62)])
    builder["i64"] = .array(11, [GGUFBuilder.Value(type: 11, bytes: littleEndian(Int64.min))])
    builder["f64"] = .array(12, [GGUFBuilder.Value(type: 12, bytes: littleEndian((0.1).bitPattern))])
    builder["words"] = .array(8, [GGUFBuilder.Value(type: 8, bytes: text([0x61, 0xff]))])
    let metadata = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file)).metadata
    #expect(metadata["u8"]?.integers == [200] && metadata["i8"]?.integers == [-56])
    #expect(metadata["u16"]?.integers == [65_280] && metadata["i16"]?.integers == [-256])
    #expect(metadata["u64"]?.integers == [1 << 62] && metadata["i64"]?.integers == [.min])
    #expect(metadata["f64"]?.numbers == [0.1] && metadata["words"]?.strings == ["a\u{FFFD}"])
    #expect(metadata["u8"]?.numbers == nil && metadata["u8"]?.strings == nil && metadata["u8"]?.integer == nil)
  }

  /// Keys are kept as they stand in the file, for who carries them over.
  @Test func entriesKeepTheirBytes() throws {
    let builder = GGUFBuilder.small
    let file = try GGUFFile(path: "m.gguf", bytes: Bytes(builder.file))
    #expect(file.entries.map(\.key) == ["general.architecture", "general.count"])
    #expect(file.entries[1].bytes.array(of: UInt8.self) == littleEndian(UInt32(4)) + littleEndian(UInt32(7)))
  }

  /// The header is in memory: a file that is cut afterwards still tells its metadata, and says that it was cut.
  @Test func fileCutWhileItIsOpen() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Fixtures.bytes("tiny-llama.gguf"), to: "m.gguf")
    let file = try GGUFFile(path: path)
    try file.checkUnchanged()
    let tokens = try #require(file.metadata["tokenizer.ggml.tokens"]?.strings)
    let size = file.byteCount
    truncate(path, 100)
    #expect(file.metadata["tokenizer.ggml.tokens"]?.strings == tokens)
    #expect(throws: ChangedFileError(path: path, found: 100, expected: size)) { try file.checkUnchanged() }
  }

  /// Downloads write under another name and rename: the mapping keeps the old file.
  @Test func fileReplacedWhileItIsOpen() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Fixtures.bytes("tiny-llama.gguf"), to: "m.gguf")
    let file = try GGUFFile(path: path)
    let tensor = try #require(file.tensors.last)
    let before = file.data(of: tensor).array(of: UInt8.self)
    let other = try folder.write([1, 2, 3], to: "other")
    rename(other, path)
    try file.checkUnchanged()
    #expect(file.data(of: tensor).array(of: UInt8.self) == before)
    try FileManager.default.removeItem(atPath: path)
    try file.checkUnchanged()
  }

  /// Memory that was given back is read again from the file.
  @Test func releasedTensorsAreReadAgain() throws {
    let file = try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))
    for tensor in file.tensors {
      let before = file.data(of: tensor).array(of: UInt8.self)
      file.data(of: tensor).releasePages()
      #expect(file.data(of: tensor).array(of: UInt8.self) == before)
    }
  }
}
