import Foundation

extension HubError: CustomStringConvertible {
  /// The message: what was found and what was expected, lower case, without a final period.
  package var description: String {
    switch self {
    case .badName(let name): "'\(name)' is no name of the Hugging Face hub; one looks like 'user/repo'"
    case .badEndpoint(let value): "HF_ENDPOINT is '\(value)', which is no http or https address"
    case .repositoryNotFound(let repository, let host, _):
      "there is no \(repository.kind.rawValue) '\(repository.name)' on \(host), or it is private"
    case .revisionNotFound(let repository, let revision): "'\(repository.name)' has no revision '\(revision)'"
    case .fileNotFound(let repository, let file, _): "'\(repository.name)' has no file '\(file)'"
    case .nothingMatches(let repository, let pattern, let files):
      "no file of '\(repository.name)' matches '\(pattern)'; it has \(Self.list(files))"
    case .tagNotFound(let repository, let tag, let available):
      available.isEmpty
        ? "'\(repository.name)' has no GGUF files, so no '\(tag)'"
        : "'\(repository.name)' has no GGUF '\(tag)'; it has \(Self.list(available, most: 40))"
    case .noModel(let repository, let files):
      "'\(repository.name)' has neither a GGUF file nor a config.json with safetensors; it has \(Self.list(files))"
    case .noAdapter(let repository, let files):
      "'\(repository)' has no adapter: no adapter_config.json with adapter_model.safetensors; it has \(Self.list(files))"
    case .partsMissing(let repository, let file, let found, let expected):
      "'\(repository.name)' has \(found) of the \(expected) parts of '\(file)'"
    case .noData(let repository, let files):
      "'\(repository.name)' has no Parquet, JSON Lines or CSV file; it has \(Self.list(files))"
    case .noReadableData(let repository, let split, let files, let readable):
      "'\(repository.name)' has the rows of '\(split)' in \(Self.list(files, most: 3)); "
        + "read are \(Self.list(readable)) files"
    case .splitNotFound(let repository, let split, let available):
      "'\(repository.name)' has no split '\(split)'; it has \(Self.list(available))"
    case .configurationNeeded(let repository, let available):
      "'\(repository.name)' has several configurations: \(Self.list(available))"
    case .configurationNotFound(let repository, let configuration, let available):
      "'\(repository.name)' has no configuration '\(configuration)'; it has \(Self.list(available))"
    case .gated(let repository, _, _): "'\(repository.name)' is given only to those who accept its licence"
    case .forbidden(let repository, let host, let reason, _):
      "\(host) does not give '\(repository.name)' to this login" + (reason.map { ": \($0)" } ?? "")
    case .badToken(let host, let source): "\(host) does not know the token" + (source.map { " of \($0)" } ?? "")
    case .notCached(let repository, let file, let cache, _):
      (file.map { "'\($0)' of '\(repository.name)'" } ?? "'\(repository)'")
        + " is not in the cache '\(cache)', and the hub was not asked"
    case .noConnection(let host, let reason, _): "no connection to \(host): \(reason)"
    case .serverFailed(let host, 429, let tries): "\(host) asked to wait (status 429) \(Self.times(tries))"
    case .serverFailed(let host, let status, let tries):
      "\(host) failed with status \(status) \(Self.times(tries))"
    case .badAnswer(let host, let what): "\(host) does not answer as a Hugging Face hub: \(what)"
    case .changedMeanwhile(let repository, let file):
      "'\(file)' of '\(repository.name)' changed on the server while it was fetched"
    case .wrongSize(let file, let found, let expected):
      "'\(file)' came with \(found) bytes; the hub says it has \(expected)"
    case .wrongChecksum(let file, let found, let expected):
      "'\(file)' came with the checksum \(found.prefix(12))…; the hub says \(expected.prefix(12))…"
    case .unsafePath(let repository, let path):
      "'\(repository.name)' lists the file '\(path)', which would lie outside of its folder"
    case .diskFull(let path, let needed, let free):
      "the disk of '\(path)' is full: \(Self.size(needed)) to come" + (free.map { ", \(Self.size($0)) free" } ?? "")
    case .cannotWrite(let path, let reason): "cannot write '\(path)': \(reason)"
    }
  }

  /// The first names of a list, and how many more there are.
  private static func list(_ names: [String], most: Int = 8) -> String {
    if names.isEmpty { return "nothing" }
    let shown = names.prefix(most).joined(separator: ", ")
    return names.count > most ? "\(shown) and \(names.count - most) more" : shown
  }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  private static func size(_ bytes: Int) -> String {
    bytes < 10_000_000 ? "\((bytes + 999) / 1000) kB" : "\((bytes + 999_999) / 1_000_000) MB"
  }
}
