import Crypto
import Foundation

/// A folder of one's own that files of a repository are downloaded into.
///
/// What came from where is noted in `.cache/huggingface/download/<path>.metadata`, as `hf download --local-dir` does,
/// so that both know a file that is there.
struct LocalFolder {
  let path: String

  private var notes: String { path + "/.cache/huggingface" }

  /// Makes sure that files are in the folder, and gives their paths.
  ///
  /// - Throws: ``HubError``, `CancellationError`.
  func fetch(_ files: [HubFile], of listing: HubListing, _ snapshot: HubSnapshot) throws -> [String] {
    let missing = files.filter { !has($0, of: listing) }
    let isOffline = snapshot.connection.settings.isOffline
    if isOffline, let file = missing.first(where: { !snapshot.cache.has($0, at: listing.commit) }) {
      throw snapshot.notCached(file: file.path)
    }
    try snapshot.checkSpace(for: missing, at: path)
    if !missing.isEmpty { try writeIgnoreFile() }
    let meter = ProgressMeter(files: missing, report: snapshot.progress)
    for file in missing {
      meter.begin(file)
      try fetch(file, of: listing, snapshot, meter)
      meter.end(file)
    }
    return files.map { path + "/" + $0.path }
  }

  private func fetch(_ file: HubFile, of listing: HubListing, _ snapshot: HubSnapshot, _ meter: ProgressMeter) throws {
    let lock = try FileLock(
      "\(notes)/download/\(file.path).lock", isCancelled: snapshot.isCancelled,
      onWait: { meter.tell(.waitingForOtherProcess) })
    let destination = path + "/" + file.path
    if snapshot.cache.has(file, at: listing.commit) {
      try FileSystem.makeFolder(of: destination)
      let temporary = partial(of: file) + ".copy"
      try FileSystem.copy(snapshot.cache.path(of: file, at: listing.commit), to: temporary)
      try FileSystem.rename(temporary, to: destination)
    } else if !has(file, of: listing) {
      try FileDownload(
        connection: snapshot.connection, repository: listing.repository, commit: listing.commit, file: file,
        partial: partial(of: file), destination: destination, meter: meter, isCancelled: snapshot.isCancelled
      ).run()
    }
    let text = "\(listing.commit)\n\(file.etag)\n\(Date().timeIntervalSince1970)\n"
    try AtomicFile.write(Data(text.utf8), to: note(of: file))
    _ = consume lock
  }

  /// Whether the file is there in this version: by the note, if it was not written to since.
  private func has(_ file: HubFile, of listing: HubListing) -> Bool {
    guard FileSystem.size(of: path + "/" + file.path) == file.size,
      let note = try? String(contentsOfFile: note(of: file), encoding: .utf8)
    else { return false }
    let lines = note.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[1] == file.etag, let time = Double(lines[2]),
      let written = FileSystem.modificationTime(of: path + "/" + file.path)
    else { return false }
    // Times of files may be rounded to a second.
    return written - 1 <= time
  }

  private func note(of file: HubFile) -> String { "\(notes)/download/\(file.path).metadata" }

  /// Where `huggingface_hub` puts it: the SHA-1 of the note's name and the ETag.
  private func partial(of file: HubFile) -> String {
    let note = note(of: file) as NSString
    let hash = Data(Insecure.SHA1.hash(data: Data(note.lastPathComponent.utf8))).base64EncodedString()
      .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
    return "\(note.deletingLastPathComponent)/\(hash).\(file.etag).incomplete"
  }

  /// Keeps the notes out of version control.
  private func writeIgnoreFile() throws(HubError) {
    let path = notes + "/.gitignore"
    if !FileManager.default.fileExists(atPath: path) { try AtomicFile.write(Data("*".utf8), to: path) }
  }
}
