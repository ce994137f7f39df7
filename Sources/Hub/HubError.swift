/// Why something of the Hugging Face hub did not come.
///
/// No case carries a token, an `Authorization` header or the address of a redirect, which holds a signature.
package enum HubError: Error, Sendable, Hashable {
  // MARK: What was asked for

  /// A name that the hub cannot have.
  case badName(String)
  /// `HF_ENDPOINT` is no address.
  case badEndpoint(String)
  /// The hub knows no such repository, or does not show it to this login.
  case repositoryNotFound(HubRepository, host: String, isLoggedIn: Bool)
  case revisionNotFound(HubRepository, revision: String)
  /// The repository has no such file; `nearest` are names like it.
  case fileNotFound(HubRepository, file: String, nearest: [String])
  case nothingMatches(HubRepository, pattern: String, files: [String])
  /// No GGUF of this quantization; `available` are those that are there.
  case tagNotFound(HubRepository, tag: String, available: [String])
  /// Nothing in the repository is a model that can be read here.
  case noModel(HubRepository, files: [String])
  /// The repository holds no adapter that can be read here, or a tag asks for a GGUF of it.
  case noAdapter(HubRepository, files: [String])
  /// A GGUF in parts of which some are not in the repository.
  case partsMissing(HubRepository, file: String, found: Int, expected: Int)
  /// No file of rows.
  case noData(HubRepository, files: [String])
  /// The rows of the split are in files that cannot be read; `readable` are the endings of those that can.
  case noReadableData(HubRepository, split: String, files: [String], readable: [String])
  case splitNotFound(HubRepository, split: String, available: [String])
  /// The dataset has several configurations and none was named.
  case configurationNeeded(HubRepository, available: [String])
  case configurationNotFound(HubRepository, configuration: String, available: [String])

  // MARK: Who may have it

  /// The licence has to be accepted on the page first.
  case gated(HubRepository, page: String, isLoggedIn: Bool)
  /// The token does not allow it.
  case forbidden(HubRepository, host: String, reason: String?, tokenSource: String?)
  /// The hub does not know the token; `source` is the variable or the file that it came from.
  case badToken(host: String, source: String?)

  // MARK: The way

  /// `HF_HUB_OFFLINE` is set and the cache does not have it; `cached` are files of the repository that are there.
  case notCached(HubRepository, file: String?, cache: String, cached: [String])
  /// No connection, or one that broke again and again.
  case noConnection(host: String, reason: String, endpointVariable: String?)
  /// The server failed or asked to wait until all tries were used up.
  case serverFailed(host: String, status: Int, tries: Int)
  /// An answer that is not a hub's.
  case badAnswer(host: String, what: String)

  // MARK: What came

  /// The file became another while it was fetched.
  case changedMeanwhile(HubRepository, file: String)
  case wrongSize(file: String, found: Int, expected: Int)
  case wrongChecksum(file: String, found: String, expected: String)
  /// A path in the listing that leads out of the folder.
  case unsafePath(HubRepository, path: String)

  // MARK: This computer

  /// Bytes that are needed and that are free; what was fetched stays and is gone on with.
  case diskFull(path: String, needed: Int, free: Int?)
  case cannotWrite(path: String, reason: String)
}
