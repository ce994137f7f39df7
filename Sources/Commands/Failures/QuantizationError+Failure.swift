import CommandLanguage
import Figures
import Quantization

extension QuantizationError: CommandFailure {
  package var message: String {
    switch self {
    case .shape(let rows, let columns): "\(rows) × \(columns) is no shape of a weight"
    case .rowNotDivisible(let columns, let format, let multiple):
      "rows have \(NumberText.count(columns)) columns; \(format) needs a multiple of \(multiple)"
    case .blockSize(let size, let format): "\(format) has no blocks of \(NumberText.count(size)) weights"
    case .bits(let bits, let supported):
      "codes have \(bits) bits; \(supported.map(String.init).joined(separator: ", ")) are read"
    case .partLength(let part, let bytes, let expected):
      "'\(part.rawValue)' has \(NumberText.count(bytes)) bytes; the shape needs \(NumberText.count(expected))"
    case .groupOutOfRange(let group, let element, let groups):
      "'g_idx' puts element \(NumberText.count(element)) into group \(group); there are \(NumberText.count(groups))"
    case .scaleFormat(let format): "scales are stored as \(format.name), which is no float type"
    case .notEncodable(let format): "\(format.name) is read, but not written yet"
    case .notFinite(let format): "a weight is infinite or not a number; \(format.name) cannot hold it"
    }
  }

  package var help: String? {
    switch self {
    case .rowNotDivisible: "take a format with smaller blocks, such as q8_0"
    case .notEncodable: "formats to write are \(BlockFormat.encodable.map(\.name).joined(separator: ", "))"
    case .notFinite: "the training went astray, or the file is damaged: look at the weight's histogram()"
    default: "fetch the model again, or take another quantization of it"
    }
  }
}
