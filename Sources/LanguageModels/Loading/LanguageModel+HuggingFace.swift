import ModelFiles
import Quantization
import Tokenization

extension LanguageModel {
  /// Puts a model together from a folder that is open; weights stay in their formats and in the mapped files.
  ///
  /// - Throws: ``HuggingFaceError``, ``TokenizerError``.
  package init(_ folder: HuggingFaceFolder) throws {
    try self.init(HuggingFaceWeights(folder: folder))
  }
}

/// The tensors of a Hugging Face folder with their shapes checked.
private struct HuggingFaceWeights: WeightSource {
  let folder: HuggingFaceFolder
  let configuration: ModelConfiguration
  private let names: HuggingFaceNames
  private let quantization: CheckpointQuantization?
  private let isTied: Bool

  init(folder: HuggingFaceFolder) throws {
    self.folder = folder
    let family = try HuggingFaceFamily(folder.configuration)
    quantization = try CheckpointQuantization(folder.configuration)
    configuration = try ModelConfiguration(folder)
    names = try HuggingFaceNames(folder, configuration.architecture)
    isTied = try family.isTied(folder.configuration)
    try checkNames(isWrapped: family.isWrapped)
  }

  var files: ModelSource { .huggingFace(folder) }

  func tokenizer() throws -> Tokenizer { try Tokenizer(huggingFaceFolder: folder.path) }

  /// A tied head is the embedding, also when the file has it once more.
  func contains(_ role: TensorRole) -> Bool {
    role == .outputHead ? !isTied : names.tensor(role, in: folder) != nil
  }

  /// Makes sure that each tensor has a role, so that none is silently left out.
  private func checkNames(isWrapped: Bool) throws(HuggingFaceError) {
    let known = configuration.roles.compactMap(names.name).flatMap { name in
      name.hasSuffix(".weight") ? HuggingFaceFolder.names(ofModule: String(name.dropLast(7))) : [name]
    }
    let explained = Set(known)
    let stranger = folder.tensorNames.first {
      !explained.contains($0) && !HuggingFaceNames.isIgnored($0, isWrapped: isWrapped)
    }
    if let stranger { throw HuggingFaceError(path: folder.path(ofTensor: stranger), reason: .unknownTensor(stranger)) }
  }

  func matrix(_ role: TensorRole, rows: Int, columns: Int) throws -> WeightMatrix {
    let module = try name(role).dropLast(".weight".count)
    return try folder.matrix(String(module), rows: rows, columns: columns, quantization)
  }

  /// Gains are stored less one in some families; bias and gain are never quantized.
  func vector(_ role: TensorRole, count: Int) throws -> [Float] {
    let values = try folder.vector(name(role), count: count)
    let offset = configuration.architecture.normOffset
    switch role {
    case .norm, .outputNorm: return offset == 0 ? values : values.map { $0 + offset }
    default: return values
    }
  }

  private func name(_ role: TensorRole) throws(HuggingFaceError) -> String {
    guard let name = names.name(role) else {
      throw HuggingFaceError(path: folder.path, reason: .missingTensor(role.ggufName))
    }
    return name
  }
}
