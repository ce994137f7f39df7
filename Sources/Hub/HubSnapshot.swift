import Foundation
import JSONValue

/// A repository at one revision, as the hub and the cache together know it.
struct HubSnapshot {
  let repository: HubRepository
  let connection: HubConnection
  let cache: HubCache
  let progress: (HubProgress) -> Void
  let isCancelled: () -> Bool

  private var host: String { connection.settings.host }
  private var isOffline: Bool { connection.settings.isOffline }

  // MARK: - Listing

  /// The files of the revision.
  ///
  /// The hub is asked for the commit of a branch or tag, and for the listing of a commit that is new. When it cannot
  /// be reached, or must not be asked, what the cache has is the answer.
  func listing() throws -> HubListing {
    let commit = try commit()
    if let known = cache.listing(at: commit) { return known }
    let present = cache.filesOfSnapshot(commit)
    let asCached = HubListing(repository: repository, commit: commit, files: present, isWhole: false)
    if isOffline {
      if present.isEmpty { throw notCached(file: nil) }
      return asCached
    }
    do {
      let listing = HubListing(
        repository: repository, commit: commit,
        files: try filesAtHub(commit, retries: present.isEmpty ? HubRetry.usualLimit : 0), isWhole: true)
      cache.remember(listing)
      return listing
    } catch let error as HubError where error.isOutOfReach && !present.isEmpty {
      tell(.takenFromCache(error))
      return asCached
    }
  }

  /// What the revision means, by the hub, else by the cache.
  private func commit() throws -> String {
    let revision = repository.requestedRevision
    if HubCache.isCommit(revision) { return revision }
    let known = cache.commit(of: revision)
    if isOffline {
      guard let known else { throw notCached(file: nil) }
      return known
    }
    do {
      let url = try connection.address("\(repository.interfacePath)/revision/\(HubConnection.escaped(revision))")
      let (answer, _) = try connection.json(
        url, repository, retries: known == nil ? HubRetry.usualLimit : 0, isCancelled: isCancelled,
        onWait: { tell(.waiting(seconds: $0)) })
      guard let commit = answer["sha"]?.string, HubCache.isCommit(commit) else {
        throw HubError.badAnswer(host: host, what: "the answer names no commit")
      }
      cache.remember(commit: commit, of: revision)
      return commit
    } catch let error as HubError where error.isOutOfReach {
      guard let known else { throw error }
      tell(.takenFromCache(error))
      return known
    }
  }

  private func tell(_ activity: HubProgress.Activity) {
    progress(HubProgress(activity: activity, file: "", bytesDone: 0, bytesTotal: 0, filesDone: 0, filesTotal: 0))
  }

  /// Asks for all pages of the listing.
  private func filesAtHub(_ commit: String, retries: Int) throws -> [HubFile] {
    var files: [HubFile] = []
    var next: URL? = try connection.address("\(repository.interfacePath)/tree/\(commit)", query: "recursive=true")
    var seen: Set<URL> = []
    while let url = next {
      guard seen.insert(url).inserted, seen.count < 10_000 else {
        throw HubError.badAnswer(host: host, what: "the pages of the list of files have no end")
      }
      let (page, head) = try connection.json(
        url, repository, retries: retries, isCancelled: isCancelled, onWait: { tell(.waiting(seconds: $0)) })
      files += try HubListing.files(ofPage: page, repository, host: host)
      next = head.nextPage.flatMap { URL(string: $0, relativeTo: url)?.absoluteURL }
    }
    return files
  }

  // MARK: - Files

  /// Makes sure that files are in the cache, and gives their paths in the snapshot, in the same order.
  func fetch(_ files: [HubFile], of listing: HubListing) throws -> [String] {
    let missing = files.filter { !cache.has($0, at: listing.commit) }
    let absent = missing.filter { FileSystem.size(of: cache.blob(of: $0)) != $0.size }
    if let first = absent.first, isOffline { throw notCached(file: first.path) }
    try checkSpace(for: absent, at: cache.folder)
    if !missing.isEmpty { cache.writeTag() }
    let meter = ProgressMeter(files: absent, report: progress)
    for file in missing {
      if absent.contains(file) { try download(file, of: listing, meter) }
      try cache.link(file, at: listing.commit)
    }
    return files.map { cache.path(of: $0, at: listing.commit) }
  }

  private func download(_ file: HubFile, of listing: HubListing, _ meter: ProgressMeter) throws {
    meter.begin(file)
    let lock = try FileLock(
      cache.lock(of: file), isCancelled: isCancelled, onWait: { meter.tell(.waitingForOtherProcess) })
    // Whoever held the lock may have fetched it.
    if FileSystem.size(of: cache.blob(of: file)) != file.size {
      try FileDownload(
        connection: connection, repository: repository, commit: listing.commit, file: file,
        partial: cache.blob(of: file) + ".incomplete", destination: cache.blob(of: file), meter: meter,
        isCancelled: isCancelled
      ).run()
    }
    _ = consume lock
    meter.end(file)
  }

  /// Throws when not all of the files fit on the disk.
  func checkSpace(for files: [HubFile], at folder: String) throws(HubError) {
    let begun = files.reduce(0) { $0 + (FileSystem.size(of: cache.blob(of: $1) + ".incomplete") ?? 0) }
    let needed = files.reduce(0) { $0 + $1.size } - begun
    if needed > 0, let free = FileSystem.freeSpace(at: folder), free < needed {
      throw .diskFull(path: folder, needed: needed, free: free)
    }
  }

  /// The content of a small file of the snapshot, fetched if it is not there.
  func json(_ file: HubFile, of listing: HubListing) throws -> JSONValue {
    let path = try fetch([file], of: listing)[0]
    guard let data = FileManager.default.contents(atPath: path), let value = try? JSONValue(parsing: data) else {
      throw HubError.badAnswer(host: host, what: "'\(file.path)' is no JSON")
    }
    return value
  }

  func notCached(file: String?) -> HubError {
    let present = cache.commit(of: repository.requestedRevision).map(cache.filesOfSnapshot) ?? []
    return .notCached(repository, file: file, cache: cache.root, cached: present.map(\.path))
  }
}

extension HubError {
  /// Whether the cache may answer instead: all but a plain "there is no such revision".
  fileprivate var isOutOfReach: Bool {
    switch self {
    case .noConnection, .serverFailed, .badAnswer, .repositoryNotFound, .gated, .forbidden, .badToken: true
    default: false
    }
  }
}

extension HTTPHead {
  /// The address of the next page: `Link: <https://…>; rel="next"`.
  fileprivate var nextPage: String? {
    for link in (self["Link"] ?? "").split(separator: ",") {
      guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close,
        link[close...].contains("rel=\"next\"")
      else { continue }
      return String(link[link.index(after: open)..<close])
    }
    return nil
  }
}
