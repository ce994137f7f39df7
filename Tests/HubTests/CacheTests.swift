import Foundation
import Hub
import JSONValue
import Testing

/// The cache is Python's own: `Tests/Fixtures/hub` was laid out by `huggingface_hub`.
struct CacheTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/hub").path
  private static let paths = [
    "README.md", "config.json", "folder/deep/notes.txt", "model.safetensors", "tokenizer.json",
  ]

  /// The repository of the fixtures, as the hub had it.
  private static func files() throws -> [FakeHub.File] {
    try paths.map { path in
      let content = try Data(contentsOf: URL(filePath: "\(fixtures)/local/\(path)"))
      return FakeHub.File(path: path, content: content, isLarge: path.hasSuffix(".safetensors"))
    }
  }

  private func copyPythonsCache(_ bench: HubBench) throws {
    try FileManager.default.createDirectory(atPath: bench.folder + "/home", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: Self.fixtures + "/cache", toPath: bench.folder + "/home/hub")
  }

  @Test func whatPythonDownloadedIsUsed() throws {
    try HubBench.run(Self.files()) { bench in
      try copyPythonsCache(bench)
      let folder = HubModel.folder("\(bench.cache)/snapshots/\(HubBench.commit)")
      #expect(try bench.hub().resolve(bench.repository) == folder)
      #expect(bench.fake.requests.map(\.path) == ["/api/models/user/repo/revision/main"])
      // A commit never changes, so nobody is asked.
      #expect(try bench.hub().resolve(HubRepository(name: "user/repo", revision: HubBench.commit)) == folder)
      #expect(try bench.hub(["HF_HUB_OFFLINE": "1"]).resolve(bench.repository) == folder)
      #expect(bench.fake.requests.count == 1)
      bench.fake.stop()
      var reports: [HubProgress.Activity] = []
      #expect(try bench.hub().resolve(bench.repository, progress: { reports.append($0.activity) }) == folder)
      guard case .takenFromCache(.noConnection)? = reports.first, reports.count == 1 else {
        Issue.record("the cache was taken in silence: \(reports)")
        return
      }
      #expect(bench.waits.seconds.isEmpty)
    }
  }

  @Test func withoutACachedListingItIsUsedToo() throws {
    try HubBench.run(Self.files()) { bench in
      try copyPythonsCache(bench)
      try FileManager.default.removeItem(atPath: bench.cache + "/trees")
      let folder = HubModel.folder("\(bench.cache)/snapshots/\(HubBench.commit)")
      #expect(try bench.hub(["HF_HUB_OFFLINE": "1"]).resolve(bench.repository) == folder)
      #expect(bench.fake.requests.isEmpty)
      // Whether the repository has a GGUF, nobody here knows.
      let gguf = HubRepository(name: "user/repo", tag: "Q8_0")
      let error = hubError { _ = try bench.hub(["HF_HUB_OFFLINE": "1"]).resolve(gguf) }
      #expect(error == .notCached(gguf, file: nil, cache: bench.folder + "/home/hub", cached: Self.paths))
      #expect(try bench.hub().resolve(bench.repository) == folder)
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func whatIsDownloadedLiesAsPythonLaysIt() throws {
    try HubBench.run(Self.files()) { bench in
      let small = try bench.hub().resolve(bench.repository)
      #expect(small == .folder("\(bench.cache)/snapshots/\(HubBench.commit)"))
      // What a model does not need is fetched by name only.
      let environment = bench.environment.merging(["HF_HUB_CACHE": bench.folder + "/all"]) { $1 }
      let all = HuggingFaceHub(environment: environment)
      let names = HubRepository(name: "user/repo")
      _ = try all.download(names, to: bench.folder + "/local")
      _ = try all.resolve(names)
      let python = HubBench.tree(Self.fixtures + "/cache")
      let own = HubBench.tree(bench.folder + "/home/hub").filter { !$0.hasPrefix(".locks") }
      let missing = ["README.md", "folder", "folder/deep", "folder/deep/notes.txt"]
      let expected = python.filter { line in
        !missing.contains { line.contains("\(HubBench.commit)/\($0)") }
          && !line.hasSuffix("/507bde631fd3c74bbd47f9e1280692248dca70ad")
          && !line.hasSuffix("/be61223f87162784b85bd6bac0ef3446db32435c")
      }
      #expect(own == expected)
      for path in ["refs/main", "blobs/9eddb62b076f586b2186445e7872e5a05f0dfe06"] {
        let theirs = bench.content("\(Self.fixtures)/cache/models--user--repo/\(path)")
        #expect(bench.content("\(bench.cache)/\(path)") == theirs)
      }
      let tree = "trees/\(HubBench.commit).json"
      #expect(try json("\(bench.cache)/\(tree)") == json("\(Self.fixtures)/cache/models--user--repo/\(tree)"))
    }
  }

  /// Where the content of a file lies.
  private func blob(of path: String, _ bench: HubBench) throws -> String {
    let file = try #require(try Self.files().first { $0.path == path })
    return "\(bench.cache)/blobs/\(file.etag)"
  }

  private func json(_ path: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: URL(filePath: path)))
  }

  @Test func aFolderOfOnesOwnIsNotedAsPythonNotesIt() throws {
    try HubBench.run(Self.files()) { bench in
      let local = bench.folder + "/local"
      let paths = try bench.hub().download(bench.repository, to: local)
      #expect(paths == Self.paths.map { "\(local)/\($0)" })
      let python = HubBench.tree(Self.fixtures + "/local").filter {
        !$0.contains("/trees") && !$0.hasSuffix("CACHEDIR.TAG")
      }
      #expect(HubBench.tree(local).filter { !$0.hasSuffix(".lock") } == python)
      for path in Self.paths {
        let note = ".cache/huggingface/download/\(path).metadata"
        let own = try String(contentsOfFile: "\(local)/\(note)", encoding: .utf8).split(separator: "\n")
        let theirs = try String(contentsOfFile: "\(Self.fixtures)/local/\(note)", encoding: .utf8).split(
          separator: "\n")
        #expect(own.count == 3 && own[0] == theirs[0] && own[1] == theirs[1])
      }
    }
  }

  @Test func aFolderThatPythonFilledIsLeftAsItIs() throws {
    try HubBench.run(Self.files()) { bench in
      let local = bench.folder + "/local"
      try FileManager.default.copyItem(atPath: Self.fixtures + "/local", toPath: local)
      _ = try bench.hub().download(bench.repository, to: local)
      #expect(bench.fake.fileRequests.isEmpty)
      // Without notes the checksum tells.
      try FileManager.default.removeItem(atPath: local + "/.cache")
      try Data("other".utf8).write(to: URL(filePath: local + "/README.md"))
      _ = try bench.hub().download(bench.repository, to: local)
      #expect(bench.fake.fileRequests.map { ($0.path as NSString).lastPathComponent } == ["README.md"])
      #expect(bench.content(local + "/README.md") == Data("# A small repository\n".utf8))
    }
  }

  @Test func theCacheFillsAFolderOfOnesOwn() throws {
    try HubBench.run(Self.files()) { bench in
      try copyPythonsCache(bench)
      let local = bench.folder + "/local"
      let hub = bench.hub(["HF_HUB_OFFLINE": "1"])
      let paths = try hub.download(bench.repository, include: ["*.json", "folder/"], to: local)
      #expect(paths == ["config.json", "folder/deep/notes.txt", "tokenizer.json"].map { "\(local)/\($0)" })
      #expect(
        bench.content(local + "/folder/deep/notes.txt") == bench.content(Self.fixtures + "/local/folder/deep/notes.txt")
      )
      #expect(bench.fake.requests.isEmpty)
    }
  }

  @Test func whatIsMissingOffline() throws {
    try HubBench.run(Self.files()) { bench in
      let offline = bench.hub(["HF_HUB_OFFLINE": "1"])
      #expect(
        hubError { _ = try offline.resolve(bench.repository) }
          == .notCached(bench.repository, file: nil, cache: bench.folder + "/home/hub", cached: []))
      try copyPythonsCache(bench)
      try FileManager.default.removeItem(atPath: try blob(of: "model.safetensors", bench))
      let cached = Self.paths.filter { $0 != "model.safetensors" }
      #expect(
        hubError { _ = try offline.resolve(bench.repository) }
          == .notCached(
            bench.repository, file: "model.safetensors", cache: bench.folder + "/home/hub", cached: cached))
      #expect(bench.fake.requests.isEmpty)
    }
  }

  @Test func aTruncatedBlobIsFetchedAgain() throws {
    try HubBench.run(Self.files()) { bench in
      try copyPythonsCache(bench)
      let blob = try blob(of: "model.safetensors", bench)
      let whole = bench.content(blob)
      try noise(100).write(to: URL(filePath: blob))
      _ = try bench.hub().resolve(bench.repository)
      #expect(bench.fake.fileRequests.count == 1)
      #expect(bench.content(blob) == whole)
    }
  }

  @Test func aNewCommitSharesWhatStayed() throws {
    try HubBench.run(Self.files()) { bench in
      _ = try bench.hub().resolve(bench.repository)
      let commit = String(repeating: "e2", count: 20)
      bench.fake.update { state in
        state.repositories[0].commit = commit
        state.repositories[0].files[1].content = Data("{}".utf8)
      }
      let before = bench.fake.fileRequests.count
      #expect(try bench.hub().resolve(bench.repository) == .folder("\(bench.cache)/snapshots/\(commit)"))
      #expect(bench.fake.fileRequests.count == before + 1)
      #expect(bench.content("\(bench.cache)/refs/main") == Data(commit.utf8))
    }
  }

  @Test(arguments: [
    (["HF_HOME": "/a"], "/a/hub"), (["XDG_CACHE_HOME": "/x"], "/x/huggingface/hub"),
    (["HF_HOME": "/a", "HF_HUB_CACHE": "/b"], "/b"), (["HUGGINGFACE_HUB_CACHE": "/c"], "/c"),
    (["HUGGINGFACE_HUB_CACHE": "/c", "HF_HUB_CACHE": "/b"], "/b"), (["HF_HOME": "~/h"], "/home/me/h/hub"),
    (["HF_HUB_CACHE": "$DISK/${NAME}/hub", "DISK": "/d", "NAME": "n"], "/d/n/hub"),
    ([:], "/home/me/.cache/huggingface/hub"),
  ])
  func places(environment: [String: String], cache: String) {
    #expect(HuggingFaceHub(environment: environment.merging(["HOME": "/home/me"]) { $1 }).cache == cache)
  }
}
