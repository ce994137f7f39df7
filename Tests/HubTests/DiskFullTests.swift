import Foundation
import Hub
import Testing

/// A write that fails, really: in a process of its own whose files may have 200,000 bytes at most.
struct DiskFullTests {
  @Test func whatWasFetchedStaysAndIsGoneOnWith() async {
    await #expect(processExitsWith: .success) {
      let content = noise(300_000)
      try HubBench.run([FakeHub.File(path: "m-Q4_K_M.gguf", content: content)]) { bench in
        let local = bench.folder + "/m-Q4_K_M.gguf"
        try Data("what was there".utf8).write(to: URL(filePath: local))
        signal(SIGXFSZ, SIG_IGN)
        DiskFullTests.limitFiles(to: 200_000)
        for fetch in [
          { _ = try bench.hub().resolve(bench.repository) },
          { _ = try bench.hub().download(bench.repository, to: bench.folder) },
        ] {
          guard case .diskFull(_, needed: 100_000, free: _?) = hubError(fetch) else {
            throw HubError.cannotWrite(path: "the test", reason: "no error of a full disk")
          }
        }
        let part = try FileManager.default.subpathsOfDirectory(atPath: bench.folder)
          .filter { $0.hasSuffix(".incomplete") }
        let sizes = part.map { bench.content("\(bench.folder)/\($0)")?.count }
        guard sizes == [200_000, 200_000], bench.content(local) == Data("what was there".utf8) else {
          throw HubError.cannotWrite(path: "the test", reason: "left are \(part) of \(sizes)")
        }
        DiskFullTests.limitFiles(to: 1_000_000)
        _ = try bench.hub().resolve(bench.repository)
        guard bench.fake.fileRequests.last?.fields["range"] == "bytes=200000-",
          bench.content("\(bench.cache)/snapshots/\(HubBench.commit)/m-Q4_K_M.gguf") == content
        else { throw HubError.cannotWrite(path: "the test", reason: "it was not gone on with") }
      }
    }
  }

  /// Sets the soft limit on the size of files of this process.
  private static func limitFiles(to bytes: UInt) {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    limit.rlim_cur = bytes
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  }

  /// A disk of 400 kB that somebody else fills while the file comes; only root may make one.
  @Test(.enabled(if: DiskFullTests.canMount))
  func aDiskThatIsFilledMeanwhile() throws {
    let content = noise(300_000)
    try HubBench.run([FakeHub.File(path: "m-Q4_K_M.gguf", content: content)]) { bench in
      let disk = bench.folder + "/home"
      try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
      try #require(Self.run("mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", disk))
      defer { _ = Self.run("umount", "-l", disk) }
      bench.fake.surprise("/resolve/") { _, _ in
        _ = FileManager.default.createFile(atPath: disk + "/other", contents: noise(250_000))
      }
      guard case .diskFull(_, let needed, free: 0) = hubError({ _ = try bench.hub().resolve(bench.repository) }) else {
        Issue.record("no error of a full disk")
        return
      }
      let part = try #require(
        bench.content("\(bench.cache)/blobs/\(FakeHub.File(path: "", content: content).etag).incomplete"))
      #expect(part.count == 300_000 - needed && part == content.prefix(part.count))
      try FileManager.default.removeItem(atPath: disk + "/other")
      _ = try bench.hub().resolve(bench.repository)
      #expect(bench.fake.fileRequests.last?.fields["range"] == "bytes=\(part.count)-")
    }
  }

  private static let canMount: Bool = {
    let folder = NSTemporaryDirectory() + "quill-mount-\(UUID().uuidString)"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    return geteuid() == 0 && run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder) && run("umount", folder)
  }()

  /// Runs a program and says whether it succeeded.
  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test func moreThanTheDiskHasIsNotBegun() throws {
    try HubBench.run([FakeHub.File(path: "m-Q4_K_M.gguf", content: noise(50))]) { bench in
      bench.fake.surprise("/tree/") { _, answer in
        let text = String(decoding: answer.body, as: UTF8.self)
        answer.body = Data(text.replacingOccurrences(of: "\"size\":50", with: "\"size\":4000000000000000").utf8)
      }
      guard
        case .diskFull(_, needed: 4_000_000_000_000_000, free: _?) = hubError({
          _ = try bench.hub().resolve(bench.repository)
        })
      else {
        Issue.record("begun")
        return
      }
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func aFolderThatIsAFile() throws {
    try HubBench.run([FakeHub.File(path: "m-Q4_K_M.gguf", content: noise(50))]) { bench in
      try Data().write(to: URL(filePath: bench.folder + "/home"))
      guard case .cannotWrite = hubError({ _ = try bench.hub().resolve(bench.repository) }) else {
        Issue.record("written into a file")
        return
      }
    }
  }
}
