import Foundation
import JSONValue

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Requests to the hub: addresses, the token and where it may go, redirects, and what a status means.
struct HubConnection: Sendable {
  let settings: HubSettings
  let wait: HubWait
  /// What asks, in the header field `User-Agent`.
  private static let agent = "quill; swift"
  private static let mostRedirects = 5

  // MARK: - Addresses

  /// An address on the hub, of a path that is escaped already.
  func address(_ path: String, query: String? = nil) throws(HubError) -> URL {
    guard let endpoint = URL(string: settings.endpoint), ["http", "https"].contains(endpoint.scheme?.lowercased()),
      endpoint.host?.isEmpty == false,
      let url = URL(string: settings.endpoint + "/" + path + (query.map { "?" + $0 } ?? ""))
    else { throw .badEndpoint(settings.endpoint) }
    return url
  }

  /// Text as one part of a path.
  static func escaped(_ text: String, keepingSlashes: Bool = false) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~" + (keepingSlashes ? "/" : ""))
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
  }

  // MARK: - Requests

  /// A JSON answer and its head, after redirects, with retries.
  func json(
    _ url: URL, _ repository: HubRepository, retries: Int, isCancelled: @escaping () -> Bool,
    onWait: @escaping (Double) -> Void
  ) throws -> (value: JSONValue, head: HTTPHead) {
    let retry = HubRetry(
      limit: retries, connectionLimit: min(retries, 2), wait: wait, isCancelled: isCancelled, onWait: onWait)
    return try explainingFailures(repository, file: nil) {
      try retry.run {
        var text = Data()
        var last: HTTPHead?
        try get(
          url, timeout: settings.questionTimeout, isCancelled: isCancelled, atHub: { _ in }, head: { last = $0 },
          body: { piece in
            text += piece
            guard text.count < 1 << 28 else { throw HubError.badAnswer(host: settings.host, what: "256 MB of JSON") }
          })
        guard let last, let value = try? JSONValue(parsing: text) else {
          throw HubError.badAnswer(host: settings.host, what: "the answer to '\(url.path)' is no JSON")
        }
        return (value, last)
      }
    }
  }

  /// One GET, redirects followed; the token goes to the hub only.
  ///
  /// - Parameters:
  ///   - offset: The first byte that is wanted.
  ///   - atHub: Told the head of the hub's own answer, which may be the redirect.
  ///   - head: Told the head of the answer that has the body.
  /// - Throws: ``HTTPStatusFailure``, ``HTTPFailure``, `CancellationError`, or what the closures throw.
  func get(
    _ url: URL, timeout: TimeInterval, offset: Int = 0, isCancelled: @escaping () -> Bool,
    atHub: (HTTPHead) throws -> Void, head: (HTTPHead) throws -> Void, body: (Data) throws -> Void
  ) throws {
    let transfer = HTTPTransfer(timeout: timeout, isCancelled: isCancelled)
    var url = url
    for hop in 0...Self.mostRedirects {
      var next: URL?
      try transfer.run(request(url, offset: offset)) { answer in
        if hop == 0 { try atHub(answer) }
        if [301, 302, 303, 307, 308].contains(answer.status), let place = answer["Location"] {
          next = URL(string: place, relativeTo: url)?.absoluteURL
        } else if (200..<300).contains(answer.status) {
          try head(answer)
        } else {
          throw HTTPStatusFailure(answer, host: url.host ?? "")
        }
      } body: { piece in
        if next == nil { try body(piece) }
      }
      guard let place = next else { return }
      guard ["http", "https"].contains(place.scheme), url.scheme == "http" || place.scheme == "https" else {
        throw HubError.badAnswer(host: url.host ?? "", what: "a redirect from https to another protocol")
      }
      url = place
    }
    throw HubError.badAnswer(host: settings.host, what: "more than \(Self.mostRedirects) redirects")
  }

  private func request(_ url: URL, offset: Int) -> URLRequest {
    var request = URLRequest(url: url)
    // Sizes and ranges count the bytes of the file, not of a compressed copy.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    request.setValue(Self.agent, forHTTPHeaderField: "User-Agent")
    if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
    if let token = settings.token, isHub(url) {
      request.setValue(token.authorization, forHTTPHeaderField: "Authorization")
    }
    return request
  }

  /// Whether an address is the hub's own: the same protocol, host and port.
  func isHub(_ url: URL) -> Bool {
    guard let endpoint = URL(string: settings.endpoint) else { return false }
    func port(_ url: URL) -> Int { url.port ?? (url.scheme?.lowercased() == "https" ? 443 : 80) }
    return url.scheme?.lowercased() == endpoint.scheme?.lowercased()
      && url.host?.lowercased() == endpoint.host?.lowercased() && port(url) == port(endpoint)
  }
}

// MARK: - What failures mean

extension HubConnection {
  /// Runs requests and turns what fails into a ``HubError``.
  func explainingFailures<Result>(
    _ repository: HubRepository, file: String?, _ body: () throws -> Result
  ) throws -> Result {
    do {
      return try body()
    } catch let failure as HTTPStatusFailure {
      throw error(failure, repository, file: file)
    } catch let failure as HTTPFailure {
      let isDefault = settings.endpoint == HubSettings([:]).endpoint
      throw HubError.noConnection(
        host: failure.host, reason: failure.reason, endpointVariable: isDefault ? nil : "HF_ENDPOINT")
    }
  }

  private func error(_ failure: HTTPStatusFailure, _ repository: HubRepository, file: String?) -> HubError {
    let isLoggedIn = settings.token != nil
    switch (failure.code, failure.status) {
    case ("RevisionNotFound", _): return .revisionNotFound(repository, revision: repository.requestedRevision)
    case ("EntryNotFound", _): return .fileNotFound(repository, file: file ?? "", nearest: [])
    case ("GatedRepo", _):
      let page = settings.endpoint + "/" + repository.pagePath
      return .gated(repository, page: page, isLoggedIn: isLoggedIn)
    case ("RepoNotFound", _): return .repositoryNotFound(repository, host: settings.host, isLoggedIn: isLoggedIn)
    case (_, 401) where failure.message?.hasPrefix("Invalid credentials") == true:
      return .badToken(host: settings.host, source: settings.token?.source)
    case (_, 401): return .repositoryNotFound(repository, host: settings.host, isLoggedIn: isLoggedIn)
    case (_, 403):
      return .forbidden(
        repository, host: failure.host, reason: failure.message, tokenSource: settings.token?.source)
    case (_, 404), (_, 410):
      return file.map { .fileNotFound(repository, file: $0, nearest: []) }
        ?? .repositoryNotFound(repository, host: settings.host, isLoggedIn: isLoggedIn)
    default: return .serverFailed(host: failure.host, status: failure.status, tries: failure.tries)
    }
  }
}
