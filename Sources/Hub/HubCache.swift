import Foundation
import JSONValue

/// What the cache holds of one repository, laid out as `huggingface_hub` does:
/// `blobs/<etag>`, `snapshots/<commit>/<path>` as links to them, `refs/<revision>` and `trees/<commit>.json`.
struct HubCache: Sendable {
  let repository: HubRepository
  /// The cache of all repositories.
  let root: String

  /// The folder of this repository.
  var folder: String { root + "/" + repository.folderName }

  func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }
  func path(of file: HubFile, at commit: String) -> String { snapshot(commit) + "/" + file.path }
  func blob(of file: HubFile) -> String { "\(folder)/blobs/\(file.etag)" }
  func lock(of file: HubFile) -> String { "\(root)/.locks/\(repository.folderName)/\(file.etag).lock" }

  // MARK: - Revisions

  /// The commit that a branch or a tag meant when it was last asked for.
  func commit(of revision: String) -> String? {
    guard let text = try? String(contentsOfFile: "\(folder)/refs/\(revision)", encoding: .utf8) else { return nil }
    let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return Self.isCommit(commit) ? commit : nil
  }

  /// Notes what a branch or a tag means.
  ///
  /// A cache that cannot be written to is no error: it may be shared.
  func remember(commit: String, of revision: String) {
    guard revision != commit, self.commit(of: revision) != commit else { return }
    try? FileSystem.write(Data(commit.utf8), to: "\(folder)/refs/\(revision)")
  }

  static func isCommit(_ text: String) -> Bool {
    text.utf8.count == 40 && ContentDigest.Kind(etag: text) != nil
  }

  // MARK: - Listings

  /// The listing of a commit, if it was asked for before.
  func listing(at commit: String) -> HubListing? {
    guard let data = FileManager.default.contents(atPath: "\(folder)/trees/\(commit).json"),
      let value = try? JSONValue(parsing: data)
    else { return nil }
    return HubListing(cached: value, repository, commit: commit)
  }

  func remember(_ listing: HubListing) {
    try? FileSystem.write(listing.cached.serialized(), to: "\(folder)/trees/\(listing.commit).json")
  }

  /// The files of a snapshot as they lie there: what other tools fetched of it.
  func filesOfSnapshot(_ commit: String) -> [HubFile] {
    let root = snapshot(commit)
    guard let paths = FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) else { return [] }
    return paths.sorted().compactMap { path in
      guard HubPath.isSafe(path), let size = FileSystem.size(of: root + "/" + path) else { return nil }
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: root + "/" + path)
      let etag = target.map { ($0 as NSString).lastPathComponent } ?? ""
      return HubFile(path: path, size: size, etag: etag, blobID: etag, xetHash: nil)
    }
  }

  // MARK: - Files

  /// Whether a file is there, whole by its size.
  func has(_ file: HubFile, at commit: String) -> Bool { FileSystem.size(of: path(of: file, at: commit)) == file.size }

  /// Puts the blob of a file, which is there, into the snapshot: as a relative link, so that the cache can be moved.
  ///
  /// - Throws: ``HubError/cannotWrite(path:reason:)``.
  func link(_ file: HubFile, at commit: String) throws {
    let path = path(of: file, at: commit)
    try FileSystem.makeFolder(of: path)
    let depth = file.path.split(separator: "/").count
    let target = String(repeating: "../", count: depth + 1) + "blobs/" + file.etag
    // A link under a temporary name replaces whatever is there in one step.
    let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).link"
    do {
      try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: target)
    } catch {
      // A file system without links: the file itself goes there, as `huggingface_hub` has it.
      try FileSystem.rename(blob(of: file), to: temporary)
    }
    try FileSystem.rename(temporary, to: path)
  }

  /// Marks the cache, so that backups leave it out, as `huggingface_hub` does.
  func writeTag() {
    let path = root + "/CACHEDIR.TAG"
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let text = """
      Signature: 8a477f597d28d172789f06886806bc55
      # This file is a cache directory tag created by huggingface_hub.
      # For information about cache directory tags, see:
      #\thttps://bford.info/cachedir/

      """
    try? FileSystem.write(Data(text.utf8), to: path)
  }
}
