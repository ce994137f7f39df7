import CommandLanguage
import Figures
import ModelFiles
import Quantization

extension GGUFError: CommandFailure {
  package var message: String {
    switch reason {
    case .notGGUF(let found): "'\(path)' \(ForeignFile(firstBytes: found).message)"
    case .bigEndian: "'\(path)' is a big-endian GGUF file; Quill reads little-endian ones"
    case .version(let version): "'\(path)' is a GGUF file of version \(version); Quill reads versions 2 and 3"
    case .truncated(let what, let needed, let left):
      "'\(path)' ends in the middle of \(what): \(bytes(needed)) needed, \(number(left)) left"
    case .absurd(let what, .max, let limit):
      "'\(path)' is damaged: \(what) cannot be counted; the most that fits into the file is \(number(limit))"
    case .absurd(let what, let value, let limit):
      "'\(path)' is damaged: \(what) is \(number(value)); the most that fits is \(number(limit))"
    case .valueType(let type, let key):
      "'\(path)' is damaged: the metadata key '\(key)' has the value type \(type); types are 0 to 12"
    case .nestedArray(let key):
      "'\(path)' has an array of arrays in the metadata key '\(key)'; arrays hold single values"
    case .notUTF8(let what): "'\(path)' is damaged: \(what) is not UTF-8"
    case .emptyKey: "'\(path)' has a metadata key without a name"
    case .duplicate(let what): "'\(path)' has the \(what) twice"
    case .alignment(let value):
      "'\(path)' has the alignment \(number(value)) in 'general.alignment'; it should be a power of two up to 1,048,576"
    case .architecture(let name, let known):
      "'\(path)' holds a model of the family '\(name)'; Quill runs \(known.joined(separator: ", "))"
    case .missingKey(let key): "'\(path)' has no metadata key '\(key)'"
    case .wrongKey(let key, let expected): "the metadata key '\(key)' of '\(path)' should be \(expected)"
    default: tensorMessage
    }
  }

  /// The message of what concerns one tensor.
  private var tensorMessage: String {
    switch reason {
    case .tensorType(let type, let tensor): "tensor '\(tensor)' of '\(path)' is stored as \(GGMLTypeName.of(type))"
    case .dimensions(let count, let tensor):
      "'\(path)' is damaged: tensor '\(tensor)' has \(number(UInt64(count))) dimensions; the most is 4"
    case .rowNotDivisible(let tensor, let columns, let format, let blockSize):
      "tensor '\(tensor)' of '\(path)' has rows of \(NumberText.count(columns)) values; \(format) needs a multiple of \(blockSize)"
    case .tensorOutOfFile(let tensor, let end, _) where end > Int.max:
      "'\(path)' is damaged: tensor '\(tensor)' ends where no file can"
    case .tensorOutOfFile(let tensor, let end, let size):
      "'\(path)' ends in the middle of tensor '\(tensor)': it has \(bytes(size)) and needs \(number(end))"
    case .tensorMisplaced(let tensor, let offset, let alignment):
      "'\(path)' is damaged: tensor '\(tensor)' begins at byte \(number(offset)), which is no multiple of the alignment \(alignment)"
    case .tensorsOverlap(let first, let second):
      "'\(path)' is damaged: the tensors '\(first)' and '\(second)' share bytes"
    case .missingTensor(let name): "'\(path)' has no tensor '\(name)'"
    case .unknownTensor(let name): "'\(path)' has the tensor '\(name)', which Quill's model has no place for"
    case .tensorShape(let name, let found, let expected):
      "tensor '\(name)' of '\(path)' is \(shape(found)); the metadata ask for \(shape(expected))"
    case .tensorValues(let name, let expected): "tensor '\(name)' of '\(path)' should hold \(expected)"
    case .split(let key, let found, let expected):
      "'\(path)' is no part of this model: its '\(key)' is \(NumberText.count(found)), \(NumberText.count(expected)) was expected"
    case .partName(let expected): "'\(path)' is one part of a split model, but is not named '\(expected)'"
    case .missingPart(let part, let count):
      "'\(part)', one of the \(NumberText.count(count)) parts of the model, is not there"
    default: "'\(path)' is damaged"
    }
  }

  package var help: String? {
    switch reason {
    case .notGGUF(let found): ForeignFile(firstBytes: found).help
    case .bigEndian: "download the ordinary, little-endian file"
    case .version(1): "version 1 was used for a few weeks in 2023: download or convert the model again"
    case .version(0): "the file is damaged: fetch it again"
    case .version: "the file is newer than this Quill, or damaged: look for a newer Quill, or convert the model again"
    case .truncated, .tensorOutOfFile: "the download was cut short: fetch it again"
    case .tensorType:
      "Quill reads \(BlockFormat.allCases.map(\.name).joined(separator: ", ")): download the model in one of them"
    case .rowNotDivisible: "the file was made by a faulty program: convert the model again with llama.cpp"
    case .architecture: "Llama, Mistral, SmolLM2 and TinyLlama are of the family llama, Qwen 2.5 is of qwen2"
    case .missingKey, .missingTensor, .tensorShape, .tensorValues, .wrongKey:
      "Quill runs models as llama.cpp's converter writes them; inspect(\"\(path)\") shows what is in the file"
    case .unknownTensor: "without it the answers would be wrong; inspect(\"\(path)\") shows what is in the file"
    case .alignment, .nestedArray, .emptyKey, .duplicate:
      "the file was made by a faulty program or damaged: fetch it again, or convert the model again with llama.cpp"
    case .split: "put the parts of one model, and of one download, into one folder"
    case .partName: "give the parts back the names that they were published under: by them the others are found"
    case .missingPart: "download all parts into one folder; the model is opened by any of them"
    case .absurd, .valueType, .notUTF8, .dimensions, .tensorMisplaced, .tensorsOverlap:
      "the file was damaged on its way: fetch it again and compare its checksum with the publisher's"
    }
  }

  private func number(_ value: UInt64) -> String { NumberText.count(Int(clamping: value)) }
  private func bytes(_ count: UInt64) -> String { "\(number(count)) byte\(count == 1 ? "" : "s")" }
  private func shape(_ sizes: [Int]) -> String { sizes.map(NumberText.count).joined(separator: " × ") }
}
