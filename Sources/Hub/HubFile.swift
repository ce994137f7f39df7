import JSONValue

/// One file of a repository at one commit, as the hub lists it.
struct HubFile: Sendable, Hashable {
  /// Where it lies in the repository, with `/`.
  let path: String
  /// Bytes.
  let size: Int
  /// The name of its content: the SHA-256 of a large file, the SHA-1 of git's blob of a small one; hexadecimal.
  ///
  /// Empty for a file in a snapshot that is no link.
  let etag: String
  /// Git's own name of the entry, which Python's cached listings hold.
  let blobID: String
  /// Hugging Face's name of the content in its chunk store; kept for Python, not used here.
  let xetHash: String?

  /// The part behind the last `/`.
  var name: String { String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]) }

  /// Whether it lies in no folder.
  var isAtRoot: Bool { !path.contains("/") }
}

/// The files of a repository at one commit.
struct HubListing: Sendable, Hashable {
  let repository: HubRepository
  /// 40 hexadecimal digits.
  let commit: String
  /// In the hub's order, which decides between several files that fit.
  let files: [HubFile]
  /// Whether these are all files of the commit, and not only those that happen to be in the cache.
  let isWhole: Bool

  func file(at path: String) -> HubFile? { files.first { $0.path == path } }
}

// MARK: - The hub's answer

extension HubListing {
  /// The files of one page of `api/models/user/repo/tree/commit?recursive=true`; folders are left out.
  ///
  /// - Throws: ``HubError/unsafePath(_:path:)``, ``HubError/badAnswer(host:what:)``.
  static func files(ofPage page: JSONValue, _ repository: HubRepository, host: String) throws(HubError) -> [HubFile] {
    guard let entries = page.array else { throw .badAnswer(host: host, what: "the list of files is no array") }
    var files: [HubFile] = []
    for entry in entries where entry["type"]?.string == "file" {
      guard let path = entry["path"]?.string, let blobID = entry["oid"]?.string,
        let size = (entry["lfs"]?["size"] ?? entry["size"])?.integer, size >= 0
      else { throw .badAnswer(host: host, what: "a listed file has no path, size or oid") }
      guard HubPath.isSafe(path) else { throw .unsafePath(repository, path: path) }
      let etag = (entry["lfs"]?["oid"]?.string ?? blobID).lowercased()
      guard ContentDigest.Kind(etag: etag) != nil else {
        throw .badAnswer(host: host, what: "the oid of '\(path)' is no SHA-1 or SHA-256")
      }
      files.append(
        HubFile(path: path, size: size, etag: etag, blobID: blobID, xetHash: entry["xetHash"]?.string))
    }
    return files
  }
}

// MARK: - Python's cached listing

extension HubListing {
  /// `trees/<commit>.json` of `huggingface_hub`: the listing of a commit never changes.
  var cached: JSONValue {
    let entries = files.map { file -> (String, JSONValue) in
      var entry: [String: JSONValue] = ["size": .integer(file.size), "blob_id": .string(file.blobID)]
      if file.etag != file.blobID {
        entry["lfs_sha256"] = .string(file.etag)
        entry["lfs_size"] = .integer(file.size)
      }
      if let hash = file.xetHash { entry["xet_hash"] = .string(hash) }
      return (file.path, .object(entry))
    }
    return ["format_version": 1, "files": .object(Dictionary(entries, uniquingKeysWith: { $1 }))]
  }

  /// Reads such a file; `nil` when it is of another version or damaged, so that the hub is asked instead.
  init?(cached: JSONValue, _ repository: HubRepository, commit: String) {
    guard cached["format_version"]?.integer == 1, let entries = cached["files"]?.object else { return nil }
    var files: [HubFile] = []
    for (path, entry) in entries {
      guard HubPath.isSafe(path), let blobID = entry["blob_id"]?.string,
        let size = (entry["lfs_size"] ?? entry["size"])?.integer, size >= 0
      else { return nil }
      let etag = (entry["lfs_sha256"]?.string ?? blobID).lowercased()
      guard ContentDigest.Kind(etag: etag) != nil else { return nil }
      files.append(HubFile(path: path, size: size, etag: etag, blobID: blobID, xetHash: entry["xet_hash"]?.string))
    }
    // An object has no order; the hub lists by bytes.
    self.init(
      repository: repository, commit: commit,
      files: files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }, isWhole: true)
  }
}
