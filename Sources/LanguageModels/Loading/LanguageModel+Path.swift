import ModelFiles

extension LanguageModel {
  /// Loads a model from a `.gguf` file, from a Hugging Face folder, or from a folder with one GGUF model in it.
  ///
  /// - Throws: ``FileError``, ``GGUFError``, ``HuggingFaceError``, ``SafetensorsError``, ``TokenizerError``.
  package init(path: String) throws {
    switch try ModelPlace(path) {
    case .gguf(let file): try self.init(ggufPath: file)
    case .huggingFace(let folder): try self.init(HuggingFaceFolder(path: folder))
    }
  }
}
