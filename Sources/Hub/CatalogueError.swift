/// Why a name leads to no model.
package enum CatalogueError: Error, Sendable, Hashable {
  /// Neither a name of the catalogue nor a file.
  case modelNotFound(name: String, known: [String], nearest: String?)
  /// A name of the catalogue whose file is not here yet; the command fetches it.
  case modelNotFetched(name: String, path: String, command: String)
  /// A download that broke off, or another file under this name.
  case wrongSize(path: String, found: Int, expected: Int, command: String)
  /// A file whose content is another; checksums are SHA-256 in hexadecimal digits.
  case wrongChecksum(path: String, found: String, expected: String, command: String)
  case unreadable(path: String, reason: String)
}

extension CatalogueError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .modelNotFound(let name, let known, _):
      "there is no model and no file '\(name)'; known by name: \(known.joined(separator: ", "))"
    case .modelNotFetched(let name, let path, _):
      "the model '\(name)' is not on this computer: there is no file '\(path)'"
    case .wrongSize(let path, let found, let expected, _):
      "'\(path)' has \(found) bytes; it should have \(expected)"
    case .wrongChecksum(let path, let found, let expected, _):
      "'\(path)' has the sha256 \(found.prefix(12))…; it should be \(expected.prefix(12))…"
    case .unreadable(let path, let reason):
      "cannot read '\(path)': \(reason)"
    }
  }

  /// What to do next.
  package var help: String? {
    switch self {
    case .modelNotFound(_, _, let nearest?): "did you mean '\(nearest)'?"
    case .modelNotFound: "give the path of a .gguf file, or a name from the list"
    case .modelNotFetched(_, _, let command): "'\(command)' in Quill's folder fetches it"
    case .wrongSize(_, _, _, let command), .wrongChecksum(_, _, _, let command):
      "the file is damaged or another; '\(command)' in Quill's folder fetches it again"
    case .unreadable: nil
    }
  }
}
