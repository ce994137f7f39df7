import Foundation
import Hub
import Testing

/// Who may have what, where the token goes, and what is said when something is not given.
struct AccessTests {
  private static let token = "hf_secretOfTheTests0123456789"
  private let files = [FakeHub.File(path: "m-Q8_0.gguf", content: noise(5000))]

  /// The error of a call, after a look that the token is in none of its words.
  private func error(_ body: () throws -> Void) -> HubError? {
    let error = hubError(body)
    let words = "\(String(describing: error)) \(String(reflecting: error)) \(error?.help ?? "")"
    #expect(!words.contains(Self.token))
    return error
  }

  private func resolve(_ bench: HubBench, _ name: String = "user/repo", token: String? = nil) throws {
    let repository = try #require(HubRepository(parsing: name))
    _ = try bench.hub(token.map { ["HF_TOKEN": $0] } ?? [:]).resolve(repository)
  }

  @Test func aMissingRepository() throws {
    try HubBench.run(files) { bench in
      let missing = HubRepository(name: "user/other")
      let anonymous = error { try resolve(bench, "user/other") }
      #expect(anonymous == .repositoryNotFound(missing, host: "127.0.0.1", isLoggedIn: false))
      #expect(anonymous?.description == "there is no model 'user/other' on 127.0.0.1, or it is private")
      #expect(anonymous?.help?.contains("HF_TOKEN") == true)
      let known = error { try resolve(bench, "user/other", token: Self.token) }
      #expect(known == .repositoryNotFound(missing, host: "127.0.0.1", isLoggedIn: true))
      bench.fake.surprise("/revision/") { _, answer in answer = FakeHub.error(404, "RepoNotFound") }
      #expect(
        error { try resolve(bench) } == .repositoryNotFound(bench.repository, host: "127.0.0.1", isLoggedIn: false))
    }
  }

  @Test func aPrivateRepositoryAndItsToken() throws {
    try HubBench.run(files) { bench in
      bench.fake.update { $0.token = Self.token }
      #expect(
        error { try resolve(bench) } == .repositoryNotFound(bench.repository, host: "127.0.0.1", isLoggedIn: false))
      #expect(error { try resolve(bench, token: "hf_other") } == .badToken(host: "127.0.0.1", source: "HF_TOKEN"))
      try resolve(bench, token: " \(Self.token)\n")
    }
  }

  @Test func theTokenOfALogin() throws {
    try HubBench.run(files) { bench in
      bench.fake.update { $0.token = Self.token }
      try FileManager.default.createDirectory(atPath: bench.folder + "/home", withIntermediateDirectories: true)
      try Data("\(Self.token)\n".utf8).write(to: URL(filePath: bench.folder + "/home/token"))
      #expect(error { try resolve(bench, token: "hf_other") } == .badToken(host: "127.0.0.1", source: "HF_TOKEN"))
      try resolve(bench)
      try Data("hf_old".utf8).write(to: URL(filePath: bench.folder + "/old"))
      let failure = error {
        _ = try bench.hub(["HF_TOKEN_PATH": "~/old", "HF_HUB_CACHE": bench.folder + "/b"]).resolve(bench.repository)
      }
      #expect(failure == .badToken(host: "127.0.0.1", source: bench.folder + "/old"))
    }
  }

  @Test(arguments: [nil, token]) func aGatedRepository(token: String?) throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in
        answer = FakeHub.error(token == nil ? 401 : 403, "GatedRepo", "Access to model user/repo is restricted")
      }
      let page = "\(bench.fake.endpoint)/user/repo"
      let failure = error { try resolve(bench, token: token) }
      #expect(failure == .gated(bench.repository, page: page, isLoggedIn: token != nil))
      #expect(failure?.help?.contains("accept the licence on \(page)") == true)
    }
  }

  @Test func aTokenWithoutTheRight() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer = FakeHub.error(403, nil, "Not enough scopes") }
      #expect(
        error { try resolve(bench, token: Self.token) }
          == .forbidden(bench.repository, host: "127.0.0.1", reason: "Not enough scopes", tokenSource: "HF_TOKEN"))
    }
  }

  @Test func anUnknownRevision() throws {
    try HubBench.run(files) { bench in
      let repository = HubRepository(name: "user/repo", revision: "v9")
      #expect(error { try resolve(bench, "user/repo@v9") } == .revisionNotFound(repository, revision: "v9"))
      bench.fake.update { $0.repositories[0].revisions.append("refs/pr/1") }
      try resolve(bench, "user/repo@refs/pr/1")
      #expect(bench.fake.requests.contains { $0.target == "/api/models/user/repo/revision/refs%2Fpr%2F1" })
      #expect(bench.content(bench.cache + "/refs/refs/pr/1") == Data(HubBench.commit.utf8))
    }
  }

  @Test func aFileThatIsListedButNotThere() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/resolve/") { _, answer in answer = FakeHub.error(404, "EntryNotFound") }
      #expect(error { try resolve(bench) } == .fileNotFound(bench.repository, file: "m-Q8_0.gguf", nearest: []))
    }
  }

  @Test func noTokenGoesToAnotherHost() throws {
    try HubBench.run(files) { bench in
      let storage = try FakeHub()
      defer { storage.stop() }
      let files = files
      storage.update { $0.repositories = [.init(path: "-", commit: "", files: files)] }
      bench.fake.update {
        $0.token = Self.token
        $0.storage = "http://localhost:\(storage.port)"
      }
      try resolve(bench, token: Self.token)
      #expect(bench.fake.requests.count == 3)
      #expect(bench.fake.requests.allSatisfy { $0.fields["authorization"] == "Bearer \(Self.token)" })
      #expect(storage.requests.map(\.target) == ["/storage/\(files[0].sha256)?signature=secret"])
      #expect(storage.requests[0].fields["authorization"] == nil)
    }
  }

  /// The same computer by another name, or another port, is another host.
  @Test func noTokenGoesToAnotherNameOfTheHost() throws {
    try HubBench.run(files) { bench in
      let port = bench.fake.port
      bench.fake.update { $0.storage = "http://localhost:\(port)" }
      try resolve(bench, token: Self.token)
      #expect(bench.fake.requests.count == 4)
      #expect(bench.fake.requests.last?.fields["authorization"] == nil)
      #expect(bench.fake.requests.last?.fields["host"] == "localhost:\(port)")
    }
  }

  @Test func redirectsWithinTheHubKeepTheToken() throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/revision/main") { _, answer in
        answer = WireAnswer(status: 307, fields: ["Location": "/api/models/user/repo/revision/main?moved"])
      }
      try resolve(bench, token: Self.token)
      #expect(bench.fake.requests[1].target == "/api/models/user/repo/revision/main?moved")
      #expect(bench.fake.requests[1].fields["authorization"] == "Bearer \(Self.token)")
    }
  }

  @Test func redirectsWithoutEnd() throws {
    try HubBench.run(files) { bench in
      bench.fake.update {
        $0.change = { request, answer in answer = WireAnswer(status: 302, fields: ["Location": request.target]) }
      }
      guard case .badAnswer = error({ try resolve(bench) }) else {
        Issue.record("redirects had an end")
        return
      }
      #expect(bench.fake.requests.count == 6)
    }
  }

  @Test func noServer() throws {
    try HubBench.run(files) { bench in
      bench.fake.stop()
      let failure = error { try resolve(bench) }
      #expect(
        failure
          == .noConnection(
            host: "127.0.0.1", reason: "the host takes no connections", endpointVariable: "HF_ENDPOINT"))
    }
  }

  @Test(arguments: ["ftp://host", "huggingface.co", "http:"]) func anEndpointThatIsNone(value: String) throws {
    let failure = hubError {
      _ = try HuggingFaceHub(environment: ["HF_ENDPOINT": value, "HF_HOME": "/nonexistent"])
        .resolve(HubRepository(name: "user/repo"))
    }
    #expect(failure == .badEndpoint(value))
  }

  @Test(arguments: ["<html>log in</html>", "[]", "{}", "{\"sha\": \"../../x\"}"])
  func anAnswerThatIsNoHubs(text: String) throws {
    try HubBench.run(files) { bench in
      bench.fake.surprise("/revision/") { _, answer in answer.body = Data(text.utf8) }
      guard case .badAnswer(host: "127.0.0.1", _) = error({ try resolve(bench) }) else {
        Issue.record("taken for a hub: \(text)")
        return
      }
    }
  }
}
