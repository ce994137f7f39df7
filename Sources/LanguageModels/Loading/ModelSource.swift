import ModelFiles

/// The files that a model was loaded from, for who carries their metadata over or looks at them again.
package enum ModelSource: Sendable {
  case gguf(GGUFFile)
  case huggingFace(HuggingFaceFolder)

  /// The file or folder.
  package var path: String {
    switch self {
    case .gguf(let file): file.path
    case .huggingFace(let folder): folder.path
    }
  }

  /// Makes sure that no file was cut or written over since it was opened: weights are read from it as they are used.
  ///
  /// - Throws: ``ChangedFileError``.
  package func checkUnchanged() throws(ChangedFileError) {
    switch self {
    case .gguf(let file): try file.checkUnchanged()
    case .huggingFace(let folder): try folder.checkUnchanged()
    }
  }
}
