import Foundation
import Hub
import Testing

/// What can go wrong on the way, each with a server that does it.
struct DownloadTests {
  private let content = noise(300_000)
  private var files: [FakeHub.File] { [FakeHub.File(path: "m-Q4_K_M.gguf", content: content)] }

  /// Resolves the only GGUF and expects its content.
  private func expectWhole(_ bench: HubBench, _ hub: HuggingFaceHub? = nil) throws {
    let model = try (hub ?? bench.hub()).resolve(bench.repository)
    let path = "\(bench.cache)/snapshots/\(HubBench.commit)/m-Q4_K_M.gguf"
    #expect(model == .gguf(paths: [path]))
    #expect(bench.content(path) == content)
  }

  @Test func comesWholeAndStays() throws {
    try HubBench.run(files) { bench in
      try expectWhole(bench)
      #expect(
        bench.fake.requests.map(\.target) == [
          "/api/models/user/repo/revision/main", "/api/models/user/repo/tree/\(HubBench.commit)?recursive=true",
          "/user/repo/resolve/\(HubBench.commit)/m-Q4_K_M.gguf",
        ])
      #expect(bench.fake.requests.allSatisfy { $0.fields["accept-encoding"] == "identity" })
      try expectWhole(bench)
      // The second time only what `main` means is asked.
      #expect(bench.fake.requests.count == 4)
    }
  }

  @Test func cutConnectionsAreGoneOnWith() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer.cutAfter = 100_000 }
      bench.fake.surprise("/resolve/") { _, answer in answer.cutAfter = 50_000 }
      try expectWhole(bench)
      #expect(bench.fake.fileRequests.map { $0.fields["range"] } == [nil, "bytes=100000-", "bytes=150000-"])
      #expect(bench.waits.seconds == [1, 1])
    }
  }

  @Test func givesUpAfterSixTriesWithoutAByteAndKeepsThePart() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer.cutAfter = 100_000 }
      bench.fake.surprise("/resolve/", times: 6) { _, answer in answer.cutAfter = 0 }
      let error = hubError { try expectWhole(bench) }
      guard case .noConnection(host: "127.0.0.1", _, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(bench.waits.seconds == [1, 2, 4, 8, 8])
      let part = "\(bench.cache)/blobs/\(files[0].etag).incomplete"
      #expect(bench.content(part) == content.prefix(100_000))
      try expectWhole(bench)
      #expect(bench.fake.fileRequests.last?.fields["range"] == "bytes=100000-")
      #expect(bench.content(part) == nil)
    }
  }

  @Test func aServerThatIgnoresTheRangeBeginsAnew() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer.cutAfter = 100_000 }
      let content = content
      bench.fake.surprise("/resolve/") { _, answer in
        answer = WireAnswer(status: 200, fields: ["ETag": answer.fields["ETag"] ?? ""], body: content)
      }
      try expectWhole(bench)
      #expect(bench.fake.fileRequests.count == 2)
    }
  }

  @Test func aWrongRangeBeginsAnew() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer.cutAfter = 100_000 }
      bench.fake.surprise("/resolve/") { _, answer in answer.fields["Content-Range"] = "bytes 5-299999/300000" }
      try expectWhole(bench)
      #expect(bench.fake.fileRequests.last?.fields["range"] == nil)
    }
  }

  /// Bytes that came before do not count as new, or this would have no end.
  @Test func aServerThatAlwaysBeginsAnewAndNeverEnds() throws {
    try HubBench.run(files) { bench in
      bench.fake.update {
        $0.change = { request, answer in
          guard request.path.contains("/resolve/") else { return }
          if request.fields["range"] == nil { answer.cutAfter = 100_000 } else { answer = FakeHub.error(416, nil) }
        }
      }
      guard case .noConnection = hubError({ try expectWhole(bench) }) else {
        Issue.record("it ended otherwise")
        return
      }
      #expect(bench.waits.seconds == [1, 2, 4, 8, 8])
      #expect(bench.fake.fileRequests.count == 6)
    }
  }

  @Test func aWrongChecksumIsThrownAway() throws {
    try HubBench.run(files) { bench in
      let wrong = noise(300_000, seed: 2)
      bench.fake.surprise("/resolve/") { _, answer in answer.body = wrong }
      let error = hubError { try expectWhole(bench) }
      guard case .wrongChecksum("m-Q4_K_M.gguf", _, files[0].etag) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(HubBench.tree(bench.cache + "/blobs").isEmpty)
      #expect(HubBench.tree(bench.cache + "/snapshots").isEmpty)
      try expectWhole(bench)
    }
  }

  @Test func aDamagedPartIsFetchedAnew() throws {
    try HubBench.run(files) { bench in
      try FileManager.default.createDirectory(atPath: bench.cache + "/blobs", withIntermediateDirectories: true)
      try noise(100_000, seed: 3).write(to: URL(filePath: "\(bench.cache)/blobs/\(files[0].etag).incomplete"))
      try expectWhole(bench)
      #expect(bench.fake.fileRequests.map { $0.fields["range"] } == ["bytes=100000-", nil])
    }
  }

  @Test func aPartThatIsTooLongIsFetchedAnew() throws {
    try HubBench.run(files) { bench in
      try FileManager.default.createDirectory(atPath: bench.cache + "/blobs", withIntermediateDirectories: true)
      try noise(400_000).write(to: URL(filePath: "\(bench.cache)/blobs/\(files[0].etag).incomplete"))
      try expectWhole(bench)
    }
  }

  @Test func anotherETagThanListedIsAnError() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/", times: 2) { _, answer in
        answer.fields["ETag"] = "\"\(String(repeating: "ab", count: 32))\""
      }
      #expect(hubError { try expectWhole(bench) } == .changedMeanwhile(bench.repository, file: "m-Q4_K_M.gguf"))
      #expect(HubBench.tree(bench.cache + "/blobs").isEmpty)
    }
  }

  @Test func aFileThatChangesBetweenTwoRequestsIsFetchedInItsNewForm() throws {
    try HubBench.run(files) { bench in
      let fake = bench.fake
      let newCommit = String(repeating: "d1", count: 20)
      let grown = content + noise(5000, seed: 9)
      bench.fake.surprise("/resolve/") { _, answer in
        answer.cutAfter = 100_000
        fake.update { state in
          state.repositories[0].files[0].content = grown
          state.repositories[0].revisions.append(state.repositories[0].commit)
          state.repositories[0].commit = newCommit
        }
      }
      let model = try bench.hub().resolve(bench.repository)
      let path = "\(bench.cache)/snapshots/\(newCommit)/m-Q4_K_M.gguf"
      #expect(model == .gguf(paths: [path]))
      #expect(bench.content(path) == grown)
    }
  }

  @Test func moreBytesThanListedAreAnError() throws {
    try HubBench.run(files) { bench in
      let longer = content + Data([1])
      bench.fake.surprise("/resolve/") { _, answer in answer.body = longer }
      #expect(
        hubError { try expectWhole(bench) }
          == .wrongSize(file: "m-Q4_K_M.gguf", found: 300_001, expected: 300_000))
    }
  }

  @Test func aBusyServerIsAskedAgainWhenItSays() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/revision/") { _, answer in answer = FakeHub.error(503, nil) }
      bench.fake.surprise("/tree/") { _, answer in
        answer = FakeHub.error(429, nil)
        answer.fields["Retry-After"] = "17"
      }
      bench.fake.surprise("/tree/") { _, answer in
        answer = FakeHub.error(429, nil)
        answer.fields["RateLimit"] = "\"api\";r=0;t=55"
      }
      bench.fake.surprise("/resolve/") { _, answer in answer = FakeHub.error(408, nil) }
      bench.fake.surprise("/resolve/") { _, answer in answer = FakeHub.error(500, nil) }
      try expectWhole(bench)
      #expect(bench.waits.seconds == [1, 17, 55, 1, 2])
    }
  }

  @Test func aServerThatStaysBusyIsAnError() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/", times: 6) { _, answer in answer = FakeHub.error(503, nil) }
      #expect(hubError { try expectWhole(bench) } == .serverFailed(host: "127.0.0.1", status: 503, tries: 6))
      #expect(bench.fake.fileRequests.count == 6)
    }
  }

  @Test func aServerThatAnswersNothingIsAnErrorAfterItsTime() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/revision/", times: 6) { _, answer in answer.delay = 2 }
      let hub = bench.hub(["HF_HUB_ETAG_TIMEOUT": "0.1"])
      #expect(
        hubError { try expectWhole(bench, hub) }
          == .noConnection(host: "127.0.0.1", reason: "no answer in time", endpointVariable: "HF_ENDPOINT"))
      #expect(bench.waits.seconds == [1, 2])
    }
  }

  @Test func anEmptyFileComesToo() throws {
    let empty = FakeHub.File(path: "empty.txt", content: Data(), isLarge: false)
    try HubBench.run([empty]) { bench in
      let paths = try bench.hub().download(bench.repository, to: bench.folder + "/here")
      #expect(paths.map(bench.content) == [Data()])
    }
  }
}
