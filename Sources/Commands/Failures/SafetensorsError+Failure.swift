import CommandLanguage
import Figures
import ModelFiles

extension SafetensorsError: CommandFailure {
  package var message: String {
    switch reason {
    case .truncated(let needed, let found):
      "'\(path)' has \(NumberText.count(found)) bytes; a safetensors file has at least \(needed)"
    case .headerTooLong(let length, let found):
      "'\(path)' is damaged or no safetensors file: its header should have \(number(length)) bytes, but \(NumberText.count(found)) follow"
    case .headerNotJSON: "'\(path)' is damaged or no safetensors file: its header is not a JSON object"
    case .entry(let name): "'\(path)' does not say dtype, shape and data_offsets of the tensor '\(name)'"
    case .type(let type, let tensor):
      "tensor '\(tensor)' of '\(path)' has the number type \(type), which Quill does not read"
    case .outOfFile(let name, let end, let size):
      "'\(path)' ends before tensor '\(name)' does: it has \(NumberText.count(size)) bytes of numbers and needs \(NumberText.count(end))"
    case .size(let name, let expected?, let found):
      "tensor '\(name)' of '\(path)' has \(NumberText.count(found)) bytes; its shape needs \(NumberText.count(expected))"
    case .size(let name, nil, let found):
      "tensor '\(name)' of '\(path)' has \(NumberText.count(found)) bytes; its shape needs more than the file has"
    case .misplaced(let name, let found, let expected):
      "tensor '\(name)' of '\(path)' begins at byte \(NumberText.count(found)); the one before it ends at \(NumberText.count(expected))"
    case .bytesLeft(let count): "'\(path)' has \(NumberText.count(count)) bytes behind its last tensor"
    case .notFloat(let name, let type):
      "tensor '\(name)' of '\(path)' has the number type \(type); numbers with a fraction were expected"
    }
  }

  package var help: String? {
    switch reason {
    case .truncated, .outOfFile: "the download was cut short: fetch it again"
    case .type, .notFloat: "save it as float32, float16 or bfloat16"
    default: "fetch or save the file again"
    }
  }

  private func number(_ value: UInt64) -> String { NumberText.count(Int(clamping: value)) }
}
