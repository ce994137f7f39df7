import Foundation
import JSONValue
import TensorCore

/// Writes float32 tensors as a safetensors file, byte for byte as the Python library does.
///
/// Tensors are sorted by name; the header is padded with spaces to a multiple of eight bytes.
package enum SafetensorsWriter {
  /// The bytes of a file that holds `tensors`, with `{"format": "pt"}` as metadata, which transformers asks for.
  package static func data(_ tensors: [String: Matrix]) -> Data {
    let names = tensors.keys.sorted()
    var entries = ["\"__metadata__\":{\"format\":\"pt\"}"]
    var offset = 0
    for name in names {
      guard let matrix = tensors[name] else { continue }
      let end = offset + matrix.rows * matrix.columns * 4
      let shape = "[\(matrix.rows),\(matrix.columns)]"
      entries.append(
        "\(JSONValue.string(name)):{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Data("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }

    var data = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(header)
    for name in names {
      if let matrix = tensors[name] { data.append(Data(UnsafeRawBufferPointer(matrix.view.buffer))) }
    }
    return data
  }
}
