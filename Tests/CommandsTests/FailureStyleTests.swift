import CommandLanguage
import Commands
import Datasets
import FineTuning
import Foundation
import Generation
import Hub
import LanguageModels
import ModelFiles
import TensorCore
import Testing
import Tokenization

/// All errors look alike: lower case, no final period, and something to do next.
struct FailureStyleTests {
  @Test(arguments: files + others)
  func style(error: any Error) throws {
    let failure = try #require(error as? any CommandFailure)
    for line in [failure.message, failure.help].compactMap({ $0 }) {
      #expect(!line.isEmpty && !line.hasSuffix(".") && !line.contains("\n"), "\(line)")
      // A default description of an enum or an optional that slipped in.
      #expect(!line.contains("Optional(") && !line.contains("Reason."), "\(line)")
    }
    #expect(failure.message.first?.isUppercase == false, "\(failure.message)")
  }

  /// An error of a file names the file and says what to do.
  @Test(arguments: files)
  func filesAreNamed(error: any Error) throws {
    let failure = try #require(error as? any CommandFailure)
    #expect(failure.message.contains("'m.file'"))
    #expect(failure.help != nil)
  }

  private static let files: [any Error] = gguf + safetensors + adapters + checkpoints + system

  private static let gguf: [any Error] = [
    .notGGUF(found: Array("abcd".utf8)), .bigEndian, .version(0), .version(1), .version(9),
    .truncated(what: "the version", needed: 4, left: 0), .absurd(what: "the number of tensors", value: 9, limit: 1),
    .absurd(what: "the elements of 'a'", value: .max, limit: 1), .valueType(77, key: "k"), .nestedArray(key: "k"),
    .notUTF8(what: "the value of 'k'"), .emptyKey, .duplicate(what: "tensor 'a'"), .alignment(3),
    .tensorType(10, tensor: "a"), .dimensions(5, tensor: "a"),
    .rowNotDivisible(tensor: "a", columns: 576, format: "q4_K", blockSize: 256),
    .tensorOutOfFile(tensor: "a", end: 90, size: 80), .tensorOutOfFile(tensor: "a", end: .max - 31, size: 80),
    .tensorMisplaced(tensor: "a", offset: 7, alignment: 32), .tensorsOverlap(first: "a", second: "b"),
    .missingKey("k"), .wrongKey("k", expected: "a string"), .missingTensor("a"), .unknownTensor("a.bias"),
    .tensorShape("a", found: [1], expected: [2, 3]),
  ].map { (reason: GGUFError.Reason) in GGUFError(path: "m.file", reason: reason) }

  private static let safetensors: [any Error] = [
    .truncated(needed: 8, found: 3), .headerTooLong(.max, found: 9), .headerNotJSON, .entry("a"),
    .type("F4", tensor: "a"),
    .outOfFile("a", end: 9, size: 8), .size("a", expected: 8, found: 4), .size("a", expected: nil, found: 4),
    .misplaced("a", found: 8, expected: 4), .bytesLeft(1), .notFloat("a", type: "I64"),
  ].map { (reason: SafetensorsError.Reason) in SafetensorsError(path: "m.file", reason: reason) }

  private static let adapters: [any Error] = [
    .configurationNotJSON, .unsupported("peft_type", value: "IA3"), .unsupported("use_dora", value: "true"),
    .unsupported("rank_pattern", value: "{}"), .unsupported("init_lora_weights", value: "pissa"),
    .unsupported("modules_to_save", value: "lm_head"), .unsupported("bias", value: "all"),
    .field("r", expected: "1 to 65,536"), .unknownTensor("a"), .missingTensor("a"), .rank("a", found: 4, expected: 8),
    .empty, .unknownModule("a", nearest: "b"), .unknownModule("a", nearest: nil),
    .shape("a", found: [1, 2], expected: [3, 4]),
  ].map { (reason: AdapterError.Reason) in AdapterError(path: "m.file", reason: reason) }

  private static let checkpoints: [any Error] = [
    .noCheckpoint, .missingFile("trainer_state.json"), .notJSON("training_args.json"),
    .field("seed", file: "training_args.json"), .otherBase(weight: "lm_head", found: "f32 [2, 2] 0", expected: "nf4"),
    .otherBase(weight: "lm_head", found: nil, expected: "nf4"),
    .otherBase(weight: "lm_head", found: "nf4", expected: nil),
    .otherRows(.training, found: 3, expected: 4), .otherRows(.training, found: 4, expected: 4),
    .otherRows(.validation, found: 0, expected: 4), .otherRows(.validation, found: 4, expected: 0),
    .optimizer(.missing("a")), .optimizer(.unknown("a")), .optimizer(.type("a", found: "F16")),
    .optimizer(.shape("a", found: [1], expected: [2])), .otherSteps(found: 3, expected: 4),
  ].map { (reason: CheckpointError.Reason) in CheckpointError(path: "m.file", reason: reason) }

  private static let system: [any Error] =
    [ENOENT, EACCES, EPERM, ENOSPC, EDQUOT, ENOTDIR, EEXIST, EISDIR, EROFS, EIO, EMFILE].map {
      FileError(path: "m.file", code: $0)
    } + [FileError(path: "m.file", reason: .empty), FileError(path: "m.file", reason: .notARegularFile)]

  private static let others: [any Error] = [
    ModelError.contextExceeded(tokens: 3000, limit: 2048),
    ModelError.tokenOutOfRange(-1, vocabulary: 384), ModelError.noTokens,
    KVFormatError(format: .q8_0, headSize: 16),
    TrainingError.noAdapter, TrainingError.noRows, TrainingError.noLabels(batch: [1]),
    TrainingError.notFinite(NonFiniteValue(.loss), step: 3, rows: [1, 2]), TrainingError.noValidation,
    TrainingError.notFinite(NonFiniteValue(.gradient, layer: "model.layers.3.mlp.up_proj"), step: 3, rows: [1]),
    TrainingError.rowTooLong(row: 3, tokens: 300, limit: 256),
    TokenizerError.noTokens, TokenizerError.unknownPreTokenizer(name: "tekken", known: ["smollm"]),
    TokenizerError.tokenOutOfRange(id: 9, tokens: 5), DatasetError.unreadable(path: "a.csv", reason: "it is gone"),
    DatasetError.noColumn(name: "text", columns: ["review"]), SamplingError.emptyStopString, SamplingError.noLogits,
    CatalogueError.modelNotFound(name: "smolm", known: ["smollm2-135m"], nearest: "smollm2-135m"),
    CatalogueError.modelNotFetched(name: "smollm2-135m", path: "m.gguf", command: "make model"),
  ]
}
