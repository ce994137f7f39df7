import Foundation

/// The models that `load` knows by name, and the way from a name or a path to a file.
package enum Catalogue {
  /// Every model that has a name.
  package static let models = [
    CatalogueModel(
      name: "smollm2-135m",
      summary: "SmolLM2-135M-Instruct: 30 layers, 134.5 million parameters, trained for English chat, in q4_1",
      file: "smollm2-135m-instruct-q4_1.gguf", byteCount: 98_362_432,
      sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53", license: "Apache-2.0",
      source: "Hugging Face, SmolLM2 (Ben Allal et al., 2025, arXiv:2502.02737)", command: "make model"),
    CatalogueModel(
      name: "gemma-3-270m", summary: "Gemma 3 270M: 18 blocks, 268 million parameters, in q4_K_M",
      file: "gemma-3-270m-q4_k_m.gguf", byteCount: 253_113_024,
      sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818", license: "Gemma",
      source: "Google, Gemma 3 (2025, arXiv:2503.19786)", command: "make gemma"),
  ]

  /// The model of this name, in any capitals.
  package static func model(named name: String) -> CatalogueModel? {
    models.first { $0.name == name.lowercased() }
  }

  /// The file that a name or a path means.
  ///
  /// Looked for in this order: a name of the catalogue, a file or folder at that path (`~` is the home), and a file of
  /// that name in ``QuillHome/models``, where `.gguf` may be left out. A catalogue file is checked for its size only;
  /// ``CatalogueModel/verify()`` reads all of it.
  ///
  /// - Throws: ``CatalogueError``.
  package static func path(of name: String) throws(CatalogueError) -> String {
    if let model = model(named: name) { return try path(of: model) }
    let files = FileManager.default
    let written = (name as NSString).expandingTildeInPath
    let stored = QuillHome.models + "/" + name
    if !name.isEmpty, let found = [written, stored, stored + ".gguf"].first(where: files.fileExists) {
      return found
    }
    throw .modelNotFound(name: name, known: models.map(\.name), nearest: nearest(to: name))
  }

  private static func path(of model: CatalogueModel) throws(CatalogueError) -> String {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: model.path),
      let size = attributes[.size] as? Int
    else { throw .modelNotFetched(name: model.name, path: model.path, command: model.command) }
    guard size == model.byteCount else {
      throw .wrongSize(path: model.path, found: size, expected: model.byteCount, command: model.command)
    }
    return model.path
  }

  private static func nearest(to word: String) -> String? {
    Spelling.nearest(to: (word as NSString).lastPathComponent, in: models.map(\.name))
  }
}
