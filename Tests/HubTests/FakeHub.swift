import Crypto
import Foundation
import JSONValue
import Synchronization

/// A hub on the loopback: it speaks what huggingface.co speaks, and fails when told to.
final class FakeHub: Sendable {
  struct File: Sendable {
    var path: String
    var content: Data
    /// Whether git holds only a pointer to it, as to all large files of the hub.
    var isLarge = true

    var sha256: String { SHA256.hash(data: content).hexadecimal }
    var blobID: String { Insecure.SHA1.hash(data: Data("blob \(content.count)\0".utf8) + content).hexadecimal }
    var etag: String { isLarge ? sha256 : blobID }
  }

  struct Repository: Sendable {
    var path: String
    var commit: String
    var files: [File]
    var revisions: [String] = ["main"]
  }

  /// What the hub does with its next answers.
  struct State: Sendable {
    var repositories: [Repository] = []
    /// Answers of which the first that fits a request is given and used up.
    var surprises: [Surprise] = []
    /// Tells a request's answer after it was made, for as long as it stands.
    var change: (@Sendable (WireRequest, inout WireAnswer) -> Void)?
    var filesOfPage = 1000
    /// The token that opens private repositories.
    var token: String?
    /// Where large files come from, as from a content delivery network.
    var storage: String?
  }

  struct Surprise: Sendable {
    let path: String
    let change: @Sendable (WireRequest, inout WireAnswer) -> Void
  }

  private let state: StateBox
  private let server: LoopbackServer

  init(_ repositories: Repository...) throws {
    let state = StateBox(State(repositories: repositories))
    self.state = state
    server = try LoopbackServer { request in FakeHub.answer(request, state) }
  }

  var endpoint: String { "http://127.0.0.1:\(server.port)" }
  var port: Int { server.port }
  var requests: [WireRequest] { server.requests }
  /// The requests for the content of files.
  var fileRequests: [WireRequest] { requests.filter { $0.path.contains("/resolve/") } }

  func update(_ body: (inout State) -> Void) { state.value.withLock { body(&$0) } }
  func stop() { server.stop() }

  /// Spoils the next answer to a request whose path holds a text.
  func surprise(_ path: String, times: Int = 1, _ change: @escaping @Sendable (WireRequest, inout WireAnswer) -> Void) {
    update { $0.surprises += Array(repeating: Surprise(path: path, change: change), count: times) }
  }

  private final class StateBox: Sendable {
    let value: Mutex<State>
    init(_ state: State) { value = Mutex(state) }
  }
}

// MARK: - Answers

extension FakeHub {
  private static func answer(_ request: WireRequest, _ state: StateBox) -> WireAnswer {
    let (now, surprise) = state.value.withLock { state -> (State, Surprise?) in
      let place = state.surprises.firstIndex { request.path.contains($0.path) }
      return (state, place.map { state.surprises.remove(at: $0) })
    }
    var answer = plainAnswer(request, now)
    surprise?.change(request, &answer)
    now.change?(request, &answer)
    return answer
  }

  private static func plainAnswer(_ request: WireRequest, _ state: State) -> WireAnswer {
    let path = request.path.removingPercentEncoding ?? request.path
    if path.hasPrefix("/storage/") { return storedContent(path, request, state) }
    guard let repository = state.repositories.first(where: { path.contains("/\($0.path)/") }) else {
      return error(401, "RepoNotFound")
    }
    if let token = state.token, request.fields["authorization"] != "Bearer \(token)" {
      return request.fields["authorization"] == nil
        ? error(401, "RepoNotFound") : error(401, nil, "Invalid credentials in Authorization header")
    }
    let rest = path.components(separatedBy: "/\(repository.path)/")[1]
    let parts = rest.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return error(404, nil) }
    switch parts[0] {
    case "revision":
      guard repository.revisions.contains(parts[1]) else { return error(404, "RevisionNotFound") }
      return json(["sha": .string(repository.commit), "id": .string(repository.path)])
    case "tree": return listing(of: repository, parts[1], request, state)
    case "resolve": return content(of: repository, parts[1], request, state)
    default: return error(404, nil)
    }
  }

  private static func listing(
    of repository: Repository, _ commit: String, _ request: WireRequest, _ state: State
  ) -> WireAnswer {
    guard commit == repository.commit else { return error(404, "RevisionNotFound") }
    let start = request.target.split(separator: "=").last.flatMap { Int($0) } ?? 0
    let page = repository.files.dropFirst(start).prefix(state.filesOfPage)
    let entries = page.map { file -> JSONValue in
      var entry: [String: JSONValue] = [
        "type": "file", "path": .string(file.path), "size": .integer(file.content.count), "oid": .string(file.blobID),
      ]
      if file.isLarge {
        entry["lfs"] = ["oid": .string(file.sha256), "size": .integer(file.content.count), "pointerSize": 134]
      }
      return .object(entry)
    }
    var answer = json(.array([["type": "directory", "path": "folder", "oid": "0", "size": 0]] + entries))
    if start + state.filesOfPage < repository.files.count {
      let next = "\(request.path)?recursive=true&cursor=\(start + state.filesOfPage)"
      answer.fields["Link"] = "<\(next)>; rel=\"next\""
    }
    return answer
  }

  private static func content(
    of repository: Repository, _ path: String, _ request: WireRequest, _ state: State
  ) -> WireAnswer {
    let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0] == repository.commit || repository.revisions.contains(parts[0]) else {
      return error(404, "RevisionNotFound")
    }
    guard let file = repository.files.first(where: { $0.path == parts[1] }) else { return error(404, "EntryNotFound") }
    var fields = ["X-Repo-Commit": repository.commit]
    if file.isLarge, let storage = state.storage {
      fields["Location"] = "\(storage)/storage/\(file.sha256)?signature=secret"
      fields["X-Linked-Etag"] = "\"\(file.etag)\""
      fields["X-Linked-Size"] = "\(file.content.count)"
      return WireAnswer(status: 302, fields: fields, body: Data("Found. Redirecting".utf8))
    }
    fields["ETag"] = "\"\(file.etag)\""
    return ranged(file.content, request, fields)
  }

  private static func storedContent(_ path: String, _ request: WireRequest, _ state: State) -> WireAnswer {
    let name = path.dropFirst("/storage/".count)
    guard let file = state.repositories.flatMap(\.files).first(where: { $0.sha256 == name }) else {
      return error(404, nil)
    }
    return ranged(file.content, request, ["ETag": "\"of-the-storage\""])
  }

  private static func ranged(_ content: Data, _ request: WireRequest, _ fields: [String: String]) -> WireAnswer {
    guard let range = request.fields["range"], let start = Int(range.dropFirst("bytes=".count).dropLast()) else {
      return WireAnswer(fields: fields, body: content)
    }
    guard start < content.count else {
      return WireAnswer(status: 416, fields: ["Content-Range": "bytes */\(content.count)"])
    }
    var fields = fields
    fields["Content-Range"] = "bytes \(start)-\(content.count - 1)/\(content.count)"
    return WireAnswer(status: 206, fields: fields, body: content.dropFirst(start))
  }

  static func error(_ status: Int, _ code: String?, _ message: String? = nil) -> WireAnswer {
    var answer = WireAnswer(status: status, body: Data("{\"error\": \"no\"}".utf8))
    answer.fields["X-Error-Code"] = code
    answer.fields["X-Error-Message"] = message
    return answer
  }

  private static func json(_ value: JSONValue) -> WireAnswer {
    WireAnswer(fields: ["Content-Type": "application/json"], body: value.serialized())
  }
}

extension Digest {
  var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
