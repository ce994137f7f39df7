/// A model that has a name of its own.
package struct CatalogueModel: Sendable, Hashable {
  /// What `load` calls it, such as `smollm2-135m`.
  package let name: String
  /// One sentence on what it is.
  package let summary: String
  /// The name of its file in ``QuillHome/models``.
  package let file: String
  /// The size of the file in bytes.
  package let byteCount: Int
  /// The SHA-256 of the file, in hexadecimal digits.
  package let sha256: String
  /// The SPDX identifier of the licence of the weights.
  package let license: String
  /// Who made it, and where that is written down.
  package let source: String
  /// The shell command that fetches it.
  package let command: String

  /// Where the file belongs.
  package var path: String { QuillHome.models + "/" + file }
}
