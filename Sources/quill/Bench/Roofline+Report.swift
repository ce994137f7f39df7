import JSONValue
import TensorCore

extension Roofline {
  /// What a report says of it.
  var report: JSONValue {
    .object([
      "read_gb_s": .number(readRate / 1e9),
      "float32_gop_s": float32.rate.map { .number($0 / 1e9) } ?? .null,
      "float32_instructions": .string(float32.instructions),
      "int8_gop_s": int8.rate.map { .number($0 / 1e9) } ?? .null,
      "int8_instructions": .string(int8.instructions),
      "bfloat16_gop_s": bfloat16.rate.map { .number($0 / 1e9) } ?? .null,
      "bfloat16_instructions": .string(bfloat16.instructions),
    ])
  }
}
