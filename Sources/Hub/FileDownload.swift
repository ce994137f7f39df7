import Foundation

/// One file on its way from the hub to a folder: a partial file that grows, is checked, and gets its name.
///
/// The partial file carries the ETag in its name, so that one of another content is never gone on with.
struct FileDownload {
  let connection: HubConnection
  let repository: HubRepository
  let commit: String
  let file: HubFile
  /// Where bytes are collected; on the same file system as the destination.
  let partial: String
  let destination: String
  let meter: ProgressMeter
  let isCancelled: () -> Bool

  /// Fetches what is missing, compares size and checksum, and renames.
  ///
  /// - Throws: ``HubError``, `CancellationError`. The partial file stays, unless its content was found to be wrong.
  func run() throws {
    try FileSystem.makeFolder(of: partial)
    try FileSystem.makeFolder(of: destination)
    try checkSpace()
    let part = try PartialFile(partial, of: file, isCancelled: isCancelled) {
      meter.update(bytes: $0, activity: .checking)
    }
    let wasBegun = part.size > 0
    do {
      try connection.explainingFailures(repository, file: file.path) { try fetch(into: part) }
      do {
        try part.verify()
      } catch  where wasBegun {
        // What was there before may have been damaged: once more from the first byte.
        try part.restart()
        try connection.explainingFailures(repository, file: file.path) { try fetch(into: part) }
        try part.verify()
      }
    } catch let error as HubError where error.isWrongContent {
      unlink(partial)
      throw error
    }
    try FileSystem.rename(partial, to: destination)
  }

  /// Asks for what is missing until it is there.
  private func fetch(into part: PartialFile) throws {
    let url = try connection.address(
      "\(repository.pagePath)/resolve/\(commit)/\(HubConnection.escaped(file.path, keepingSlashes: true))")
    var mostYet = part.size
    let retry = HubRetry(
      limit: HubRetry.usualLimit, wait: connection.wait, isCancelled: isCancelled,
      onWait: { meter.tell(.waiting(seconds: $0)) })
    meter.update(bytes: part.size)
    try retry.run {
      defer { mostYet = max(mostYet, part.size) }
      return part.size > mostYet
    } _: {
      if part.size == file.size && file.size > 0 { return }
      try fetchOnce(url, into: part)
    }
  }

  private func fetchOnce(_ url: URL, into part: PartialFile) throws {
    let offset = part.size
    do {
      try connection.get(
        url, timeout: connection.settings.downloadTimeout, offset: offset, isCancelled: isCancelled,
        atHub: checkContent,
        head: { head in
          guard offset > 0 else { return }
          // A server that does not go on sends the whole file again.
          if head.status != 206 || head.rangeStart != offset { try part.restart() }
          if head.status == 206 && head.rangeStart != offset { throw HTTPFailure(wrongRangeFrom: url) }
        },
        body: { piece in
          try part.append(piece)
          meter.update(bytes: part.size)
        })
    } catch let failure as HTTPStatusFailure where failure.status == 416 && offset > 0 {
      try part.restart()
      throw HTTPFailure(wrongRangeFrom: url)
    }
    if part.size < file.size { throw HTTPFailure(cutOff: url) }
  }

  /// Compares the ETag that the hub states with the one that it listed.
  private func checkContent(_ head: HTTPHead) throws {
    guard head.status < 400 else { return }
    let stated = head["X-Linked-Etag"] ?? ((300..<400).contains(head.status) ? nil : head["ETag"])
    guard let etag = stated.map(HTTPHead.normalizedETag), ContentDigest.Kind(etag: etag) != nil else { return }
    if etag != file.etag { throw HubError.changedMeanwhile(repository, file: file.path) }
  }

  private func checkSpace() throws {
    let needed = file.size - (FileSystem.size(of: partial) ?? 0)
    if let free = FileSystem.freeSpace(at: partial), free < needed {
      throw HubError.diskFull(path: destination, needed: needed, free: free)
    }
  }
}

extension HubError {
  /// Whether what came is of no use, so that it must not be gone on with.
  fileprivate var isWrongContent: Bool {
    switch self {
    case .wrongChecksum, .wrongSize, .changedMeanwhile: true
    default: false
    }
  }
}

extension HTTPFailure {
  fileprivate init(cutOff url: URL) {
    self.init(host: url.host ?? "", reason: "the answer ended before the file did")
  }

  fileprivate init(wrongRangeFrom url: URL) {
    self.init(host: url.host ?? "", reason: "the answer is not the part of the file that was asked for")
  }
}

extension HTTPHead {
  /// Where the bytes of a 206 begin in the file.
  fileprivate var rangeStart: Int? {
    guard let range = self["Content-Range"], range.hasPrefix("bytes ") else { return nil }
    return Int(range.dropFirst(6).prefix { $0 != "-" })
  }

  /// An ETag without quotes and the mark of a weak one.
  fileprivate static func normalizedETag(_ etag: String) -> String {
    (etag.hasPrefix("W/") ? etag.dropFirst(2) : etag[...]).filter { $0 != "\"" }.lowercased()
  }
}
