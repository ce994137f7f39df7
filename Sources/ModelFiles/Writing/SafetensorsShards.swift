import Foundation
import JSONValue

/// The weights of a model as transformers lays them in a folder: `model.safetensors`, or several files and an index.
package struct SafetensorsShards {
  /// The tensors of each file.
  private let shards: [[SafetensorsWriter.Tensor]]

  /// Fills one file after the other.
  ///
  /// - Parameters:
  ///   - tensors: In the order of the model.
  ///   - limit: Bytes of tensors that a file holds at most; a larger tensor gets a file of its own.
  package init(_ tensors: [SafetensorsWriter.Tensor], limit: Int = 5_000_000_000) {
    var shards: [[SafetensorsWriter.Tensor]] = [[]]
    var size = 0
    for tensor in tensors {
      if size + tensor.bytes.count > limit, size > 0 {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(tensor)
      size += tensor.bytes.count
    }
    self.shards = shards
  }

  /// Bytes of all tensors.
  package var byteCount: Int { shards.joined().reduce(0) { $0 + $1.bytes.count } }

  /// Writes the files into a folder that is there.
  ///
  /// - Throws: ``FileError``, `CancellationError`.
  package func write(to folder: String, reporting progress: WriteProgress) throws {
    for (index, shard) in shards.enumerated() {
      try SafetensorsWriter(shard).write(to: "\(folder)/\(name(of: index))", reporting: progress)
    }
    guard shards.count > 1 else { return }
    try AtomicFile.write(index.serialized(pretty: true) + Data("\n".utf8), to: "\(folder)/\(Self.indexName)")
  }

  private static let indexName = "model.safetensors.index.json"

  private func name(of index: Int) -> String {
    guard shards.count > 1 else { return "model.safetensors" }
    func digits(_ number: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(number)".count)) + "\(number)" }
    return "model-\(digits(index + 1))-of-\(digits(shards.count)).safetensors"
  }

  /// Which file holds each tensor.
  private var index: JSONValue {
    var files: [String: JSONValue] = [:]
    for (index, shard) in shards.enumerated() {
      for tensor in shard { files[tensor.name] = .string(name(of: index)) }
    }
    return ["metadata": ["total_size": .integer(byteCount)], "weight_map": .object(files)]
  }

  /// Whether a file of that name holds weights of a model or tells where they are.
  package static func isWeightFile(_ name: String) -> Bool {
    name == indexName || name == "model.safetensors" || (name.hasPrefix("model-") && name.hasSuffix(".safetensors"))
  }
}
