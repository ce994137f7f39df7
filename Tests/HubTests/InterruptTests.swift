import Foundation
import Hub
import Testing

/// Stopping, going on, progress, and two at once.
struct InterruptTests {
  private let content = noise(400_000)
  private var files: [FakeHub.File] { [FakeHub.File(path: "m-Q4_K_M.gguf", content: content)] }

  @Test func aSlowTransferStopsAtOnceAndGoesOnLater() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer.pace = (1000, 0.02) }
      let start = ContinuousClock.now
      var asked: ContinuousClock.Instant?
      #expect(throws: CancellationError.self) {
        _ = try bench.hub().resolve(
          bench.repository,
          isCancelled: {
            let isTime = start.duration(to: .now) > .milliseconds(300)
            if isTime && asked == nil { asked = .now }
            return isTime
          })
      }
      let answered = try #require(asked).duration(to: .now)
      #expect(answered < .milliseconds(100))
      let part = "\(bench.cache)/blobs/\(files[0].etag).incomplete"
      let size = try #require(bench.content(part)).count
      #expect(size > 0 && size < 400_000)
      _ = try bench.hub().resolve(bench.repository)
      #expect(bench.fake.fileRequests.last?.fields["range"] == "bytes=\(size)-")
      #expect(bench.content("\(bench.cache)/blobs/\(files[0].etag)") == content)
    }
  }

  @Test(arguments: ["/revision/", "/resolve/"]) func aServerThatIsSilentIsLeft(path: String) throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise(path) { _, answer in answer.delay = 1 }
      let start = ContinuousClock.now
      #expect(throws: CancellationError.self) {
        _ = try bench.hub().resolve(bench.repository, isCancelled: { start.duration(to: .now) > .milliseconds(200) })
      }
      #expect(start.duration(to: .now) < .milliseconds(900))
    }
  }

  @Test func aWaitBetweenTriesStopsAtOnce() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in
        answer = FakeHub.error(429, nil)
        answer.fields["Retry-After"] = "60"
      }
      var isWaiting = false
      #expect(throws: CancellationError.self) {
        _ = try HuggingFaceHub(environment: bench.environment).resolve(
          bench.repository, progress: { if $0.activity == .waiting(seconds: 60) { isWaiting = true } },
          isCancelled: { isWaiting })
      }
      #expect(isWaiting)
    }
  }

  @Test func progressCountsBytesAndFiles() throws {
    let files = [
      FakeHub.File(path: "config.json", content: Data("{}".utf8), isLarge: false),
      FakeHub.File(path: "model.safetensors", content: content),
    ]
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/\(HubBench.commit)/model") { _, answer in answer.pace = (20_000, 0.03) }
      var reports: [HubProgress] = []
      let start = ContinuousClock.now
      _ = try bench.hub().resolve(bench.repository, progress: { reports.append($0) })
      let tenths = start.duration(to: .now) / .milliseconds(100)
      #expect(reports.count >= 4 && Double(reports.count) <= tenths + 2)
      #expect(reports.allSatisfy { $0.bytesTotal == 400_002 && $0.filesTotal == 2 })
      #expect(zip(reports, reports.dropFirst()).allSatisfy { $0.bytesDone <= $1.bytesDone })
      #expect(
        reports.last
          == HubProgress(
            activity: .finished, file: "model.safetensors", bytesDone: 400_002, bytesTotal: 400_002, filesDone: 2,
            filesTotal: 2))
      reports = []
      _ = try bench.hub().resolve(bench.repository, progress: { reports.append($0) })
      #expect(reports.isEmpty)
    }
  }

  @Test func twoAtOnceFetchItOnce() async throws {
    let folder = NSTemporaryDirectory() + "quill-hub-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let fake = try FakeHub(FakeHub.Repository(path: "user/repo", commit: HubBench.commit, files: files))
    defer { fake.stop() }
    fake.update { $0.change = { request, answer in if request.path.contains("/resolve/") { answer.delay = 0.2 } } }
    let environment = ["HF_ENDPOINT": fake.endpoint, "HF_HOME": folder]
    // Threads of their own: a call blocks, which tasks must not.
    let models = await withTaskGroup(of: HubModel?.self) { group in
      for _ in 0..<3 {
        group.addTask {
          await withCheckedContinuation { continuation in
            Thread.detachNewThread {
              let hub = HuggingFaceHub(environment: environment)
              continuation.resume(returning: try? hub.resolve(HubRepository(name: "user/repo")))
            }
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let path = "\(folder)/hub/models--user--repo/snapshots/\(HubBench.commit)/m-Q4_K_M.gguf"
    #expect(models == Array(repeating: .gguf(paths: [path]), count: 3))
    #expect(fake.fileRequests.count == 1)
    #expect(FileManager.default.contents(atPath: path) == content)
  }
}
