import Foundation
import TensorCore

/// A LoRA or DoRA adapter as PEFT saves it: `adapter_config.json` and `adapter_model.safetensors` in a folder.
///
/// Each pair is named by its module in transformers, `model.layers.0.self_attn.q_proj`; A is `[r, in]`, B `[out, r]`,
/// rows of B in transformers' order. An adapter with a name of its own lies in a sub-folder of that name.
package struct AdapterFolder: Sendable {
  /// The two thin matrices of one layer.
  package struct Pair: Sendable {
    package let a: Matrix
    package let b: Matrix
    /// DoRA's magnitude of each output, `[1, out]`.
    package let magnitude: Matrix?

    package init(a: Matrix, b: Matrix, magnitude: Matrix? = nil) {
      self.a = a
      self.b = b
      self.magnitude = magnitude
    }
  }

  package let configuration: AdapterConfiguration
  package let pairs: [String: Pair]

  package init(configuration: AdapterConfiguration, pairs: [String: Pair]) {
    self.configuration = configuration
    self.pairs = pairs
  }

  private static let prefix = "base_model.model."
  private static let suffixes = (a: ".lora_A.weight", b: ".lora_B.weight", magnitude: ".lora_magnitude_vector")

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
    let configuration = try AdapterConfiguration(parsing: text.data, path: configurationPath)
    let file = try Self.tensors(in: folder)
    self.configuration = configuration
    pairs = try Self.together(Parts(file, hasMagnitudes: configuration.lora.isWeightDecomposed), configuration.lora)
    for module in pairs.keys.sorted() {
      guard let field = configuration.lora.ambiguousPattern(of: module) else { continue }
      throw AdapterError(
        path: configurationPath, reason: .field(field, expected: "one pattern for '\(module)', but several match"))
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
    var (tensors, vectors): ([String: Matrix], [String: Matrix]) = ([:], [:])
    for (module, pair) in pairs {
      tensors[Self.prefix + module + Self.suffixes.a] = pair.a
      tensors[Self.prefix + module + Self.suffixes.b] = pair.b
      vectors[Self.prefix + module + Self.suffixes.magnitude] = pair.magnitude
    }
    try AtomicFile.write(SafetensorsWriter.data(tensors, vectors: vectors), to: folder + "/adapter_model.safetensors")
    try AtomicFile.write(configuration.data, to: folder + "/adapter_config.json")
  }

  /// The matrices of a file by what they are, then by module.
  private struct Parts {
    let path: String
    private(set) var a: [String: Matrix] = [:]
    private(set) var b: [String: Matrix] = [:]
    private(set) var magnitudes: [String: Matrix]?

    init(_ file: SafetensorsFile, hasMagnitudes: Bool) throws {
      path = file.path
      if hasMagnitudes { magnitudes = [:] }
      for (name, tensor) in file.tensors.sorted(by: { $0.key < $1.key }) {
        guard name.hasPrefix(prefix) else { throw AdapterError(path: path, reason: .unknownTensor(name)) }
        let shape = tensor.shape
        func matrix(_ rows: Int, _ columns: Int) throws -> Matrix {
          Matrix(rows: rows, columns: columns, values: try file.floats(of: tensor))
        }
        if name.hasSuffix(suffixes.a), shape.count == 2 {
          a[Self.module(name, suffixes.a)] = try matrix(shape[0], shape[1])
        } else if name.hasSuffix(suffixes.b), shape.count == 2 {
          b[Self.module(name, suffixes.b)] = try matrix(shape[0], shape[1])
        } else if hasMagnitudes, name.hasSuffix(suffixes.magnitude), shape.count == 1 {
          magnitudes?[Self.module(name, suffixes.magnitude)] = try matrix(1, shape[0])
        } else {
          throw AdapterError(path: path, reason: .unknownTensor(name))
        }
      }
    }

    private static func module(_ name: String, _ suffix: String) -> String {
      String(name.dropFirst(prefix.count).dropLast(suffix.count))
    }
  }

  /// Puts together what belongs to one module; every part must have its others.
  private static func together(_ parts: Parts, _ lora: LoRA) throws(AdapterError) -> [String: Pair] {
    func missing(_ module: String, _ suffix: String) -> AdapterError {
      AdapterError(path: parts.path, reason: .missingTensor(prefix + module + suffix))
    }
    guard !parts.a.isEmpty || !parts.b.isEmpty else { throw AdapterError(path: parts.path, reason: .empty) }
    var pairs: [String: Pair] = [:]
    for (module, matrix) in parts.a.sorted(by: { $0.key < $1.key }) {
      guard let other = parts.b[module] else { throw missing(module, suffixes.b) }
      let magnitude = parts.magnitudes?[module]
      if parts.magnitudes != nil, magnitude == nil { throw missing(module, suffixes.magnitude) }
      let rank = lora.rank(ofModule: module)
      for found in [matrix.rows, other.columns] where found != rank {
        throw AdapterError(path: parts.path, reason: .rank(module, found: found, expected: rank))
      }
      pairs[module] = Pair(a: matrix, b: other, magnitude: magnitude)
    }
    let others = Array(parts.b.keys) + Array((parts.magnitudes ?? [:]).keys)
    if let lonely = others.sorted().first(where: { parts.a[$0] == nil }) { throw missing(lonely, suffixes.a) }
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
    /// DoRA's vector has another length than the layer has outputs.
    case magnitudes(String, found: Int, expected: Int)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
