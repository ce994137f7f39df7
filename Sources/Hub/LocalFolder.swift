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
    let missing = try files.filter { try !has($0, of: listing, isCancelled: snapshot.isCancelled) }
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
      try copy(file, from: snapshot.cache.path(of: file, at: listing.commit), to: destination, snapshot, meter)
    } else if try !has(file, of: listing, isCancelled: snapshot.isCancelled) {
      try FileDownload(
        connection: snapshot.connection, repository: listing.repository, commit: listing.commit, file: file,
        partial: partial(of: file), destination: destination, meter: meter, isCancelled: snapshot.isCancelled
      ).run()
    }
    let text = "\(listing.commit)\n\(file.etag)\n\(Date().timeIntervalSince1970)\n"
    try FileSystem.write(Data(text.utf8), to: note(of: file))
    _ = consume lock
  }

  private func copy(
    _ file: HubFile, from source: String, to destination: String, _ snapshot: HubSnapshot, _ meter: ProgressMeter
  ) throws {
    try FileSystem.makeFolder(of: destination)
    let part = try PartialFile(partial(of: file), of: file, isCancelled: snapshot.isCancelled) {
      meter.update(bytes: $0, activity: .checking)
    }
    guard let cached = FileHandle(forReadingAtPath: source) else { throw FileSystem.failure(writing: destination) }
    defer { try? cached.close() }
    try? cached.seek(toOffset: UInt64(part.size))
    while let piece = try? cached.read(upToCount: 1 << 20), !piece.isEmpty {
      if snapshot.isCancelled() { throw CancellationError() }
      try part.append(piece)
      meter.update(bytes: part.size)
    }
    do {
      try part.verify()
    } catch {
      unlink(part.path)
      throw error
    }
    try FileSystem.rename(part.path, to: destination)
  }

  /// Whether the file is there in this version: by the note if it was not written to since, else by its checksum.
  private func has(_ file: HubFile, of listing: HubListing, isCancelled: () -> Bool) throws -> Bool {
    let place = path + "/" + file.path
    guard FileSystem.size(of: place) == file.size else { return false }
    let note = (try? String(contentsOfFile: note(of: file), encoding: .utf8)) ?? ""
    let lines = note.split(separator: "\n")
    if lines.count == 3, let time = Double(lines[2]), let written = FileSystem.modificationTime(of: place),
      // Times of files may be rounded to a second.
      written - 1 <= time
    {
      return lines[1] == file.etag
    }
    guard let kind = ContentDigest.Kind(etag: file.etag) else { return false }
    return try ContentDigest.of(place, kind, isCancelled: isCancelled) == file.etag
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
    if !FileManager.default.fileExists(atPath: path) { try FileSystem.write(Data("*".utf8), to: path) }
  }
}
