import Foundation
import TensorCore

/// A LoRA adapter as PEFT saves it: `adapter_config.json` and `adapter_model.safetensors` in a folder.
///
/// Each pair is named by its module in transformers, `model.layers.0.self_attn.q_proj`; A is `[r, in]`, B `[out, r]`,
/// rows of B in transformers' order.
package struct AdapterFolder: Sendable {
  /// The two thin matrices of one layer.
  package struct Pair: Sendable {
    package let a: Matrix
    package let b: Matrix

    package init(a: Matrix, b: Matrix) {
      self.a = a
      self.b = b
    }
  }

  package let configuration: AdapterConfiguration
  package let pairs: [String: Pair]

  package init(configuration: AdapterConfiguration, pairs: [String: Pair]) {
    self.configuration = configuration
    self.pairs = pairs
  }

  private static let prefix = "base_model.model."
  private static let suffixes = (a: ".lora_A.weight", b: ".lora_B.weight")

  /// More bytes than any `adapter_config.json` has.
  private static let configurationLimit = 1 << 20

  /// Reads a folder.
  ///
  /// Every tensor in it is matched, or it is an error that names the tensor.
  ///
  /// - Throws: ``AdapterError``, ``FileError``, ``SafetensorsError``.
  package init(readingFrom folder: String) throws {
    let configurationPath = folder + "/adapter_config.json"
    guard let text = try FileContents.read(configurationPath, atMost: Self.configurationLimit) else {
      throw AdapterError(path: configurationPath, reason: .configurationNotJSON)
    }
    let configuration = try AdapterConfiguration(parsing: Data(text.buffer), path: configurationPath)
    let file = try Self.tensors(in: folder)
    var a: [String: Matrix] = [:]
    var b: [String: Matrix] = [:]
    for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
      guard name.hasPrefix(Self.prefix), tensor.shape.count == 2 else {
        throw AdapterError(path: file.path, reason: .unknownTensor(name))
      }
      let matrix = Matrix(rows: tensor.shape[0], columns: tensor.shape[1], values: try file.floats(of: tensor))
      if name.hasSuffix(Self.suffixes.a) {
        a[Self.module(name, Self.suffixes.a)] = matrix
      } else if name.hasSuffix(Self.suffixes.b) {
        b[Self.module(name, Self.suffixes.b)] = matrix
      } else {
        throw AdapterError(path: file.path, reason: .unknownTensor(name))
      }
    }
    self.configuration = configuration
    pairs = try Self.pair(a, b, configuration, path: file.path)
    for module in pairs.keys.sorted() {
      try configuration.checkPatterns(of: module, path: configurationPath)
    }
  }

  /// More bytes than any adapter needs to be read whole; a longer one is mapped.
  private static let memoryLimit = 1 << 30

  /// The file of tensors, in memory.
  private static func tensors(in folder: String) throws -> SafetensorsFile {
    let (path, old) = (folder + "/adapter_model.safetensors", folder + "/adapter_model.bin")
    if !FileContents.exists(path), FileContents.exists(old) {
      throw AdapterError(path: folder, reason: .noSafetensors(found: "adapter_model.bin"))
    }
    guard let bytes = try FileContents.read(path, atMost: Self.memoryLimit) else {
      return try SafetensorsFile(path: path)
    }
    return try SafetensorsFile(path: path, bytes: bytes)
  }

  /// Writes both files, making the folder when it is not there.
  ///
  /// - Throws: ``FileError``.
  package func write(to folder: String) throws(FileError) {
    try AtomicFile.makeFolder(folder)
    var tensors: [String: Matrix] = [:]
    for (module, pair) in pairs {
      tensors[Self.prefix + module + Self.suffixes.a] = pair.a
      tensors[Self.prefix + module + Self.suffixes.b] = pair.b
    }
    try AtomicFile.write(SafetensorsWriter.data(tensors), to: folder + "/adapter_model.safetensors")
    try AtomicFile.write(configuration.data, to: folder + "/adapter_config.json")
  }

  private static func module(_ name: String, _ suffix: String) -> String {
    String(name.dropFirst(prefix.count).dropLast(suffix.count))
  }

  private static func pair(
    _ a: [String: Matrix], _ b: [String: Matrix], _ configuration: AdapterConfiguration, path: String
  ) throws(AdapterError) -> [String: Pair] {
    guard !a.isEmpty || !b.isEmpty else { throw AdapterError(path: path, reason: .empty) }
    var pairs: [String: Pair] = [:]
    for (module, matrix) in a.sorted(by: { $0.key < $1.key }) {
      guard let other = b[module] else {
        throw AdapterError(path: path, reason: .missingTensor(prefix + module + suffixes.b))
      }
      let rank = configuration.rank(ofModule: module)
      for found in [matrix.rows, other.columns] where found != rank {
        throw AdapterError(path: path, reason: .rank(module, found: found, expected: rank))
      }
      pairs[module] = Pair(a: matrix, b: other)
    }
    if let lonely = b.keys.sorted().first(where: { a[$0] == nil }) {
      throw AdapterError(path: path, reason: .missingTensor(prefix + lonely + suffixes.a))
    }
    return pairs
  }
}

/// What is wrong with an adapter.
package struct AdapterError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case configurationNotJSON
    case unsupported(String, value: String)
    /// The tensors are in a form that Quill does not read.
    case noSafetensors(found: String)
    case field(String, expected: String)
    case unknownTensor(String)
    case missingTensor(String)
    /// `target_modules` does not name the module of a pair.
    case notTargeted(String)
    case rank(String, found: Int, expected: Int)
    case empty
    /// The adapter has a module that the model lacks.
    case unknownModule(String, nearest: String?)
    /// The adapter's matrices do not fit the model's layer.
    case shape(String, found: [Int], expected: [Int])
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
