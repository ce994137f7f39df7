import Dispatch
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One HTTP request that is answered on the thread that asks: the head of the response, then its body in pieces.
///
/// `URLSession` calls back on a thread of its own; a bounded queue carries the pieces over, so that a slow disk slows
/// the sender down and the memory stays at a few megabytes whatever the size of the file.
struct HTTPTransfer {
  /// Seconds without a byte after which the transfer fails.
  let timeout: TimeInterval
  /// Asked 20 times a second while nothing arrives, and for each piece.
  let isCancelled: () -> Bool

  /// Sends a request and passes on what comes back; redirects are not followed.
  ///
  /// - Parameters:
  ///   - head: Called once, before any piece of the body. What it throws ends the transfer.
  ///   - body: Called for each piece of the body, in order. What it throws ends the transfer.
  /// - Throws: ``HTTPFailure``, `CancellationError`, or what the closures throw.
  func run(
    _ request: URLRequest, head: (HTTPHead) throws -> Void, body: (Data) throws -> Void
  ) throws {
    let pieces = PieceQueue()
    let session = URLSession(
      configuration: configuration, delegate: TransferDelegate(pieces: pieces), delegateQueue: InlineQueue())
    let task = session.dataTask(with: request)
    defer {
      pieces.close()
      // Both wait for libcurl, which may have a lot to hand over yet; an interrupt shall not wait for that.
      DispatchQueue.global().async {
        task.cancel()
        session.invalidateAndCancel()
      }
    }
    task.resume()
    while true {
      if isCancelled() { throw CancellationError() }
      switch pieces.next(within: 0.05) {
      case .none: continue
      case .head(let response): try head(response)
      case .data(let data): try body(data)
      case .end(nil): return
      case .end(let failure?): throw failure
      }
    }
  }

  private var configuration: URLSessionConfiguration {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeout
    configuration.httpShouldSetCookies = false
    configuration.httpCookieStorage = nil
    configuration.urlCache = nil
    configuration.urlCredentialStorage = nil
    return configuration
  }
}

/// The first line and the header fields of a response.
struct HTTPHead {
  let status: Int
  let url: URL?
  private let fields: [String: String]

  init(_ response: HTTPURLResponse) {
    status = response.statusCode
    url = response.url
    fields = Dictionary(
      response.allHeaderFields.compactMap { name, value in
        guard let name = name as? String, let value = value as? String else { return nil }
        return (name.lowercased(), value)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The value of a field, whatever its capitals.
  subscript(field: String) -> String? { fields[field.lowercased()] }
}

/// Why no whole response came.
struct HTTPFailure: Error {
  let host: String
  let reason: String

  init(host: String, reason: String) {
    self.host = host
    self.reason = reason
  }

  init(_ error: any Error, host: String) {
    self.host = host
    reason =
      switch (error as? URLError)?.code {
      case .timedOut: "no answer in time"
      case .cannotFindHost, .dnsLookupFailed: "the host is not known; is this computer online?"
      case .cannotConnectToHost: "the host takes no connections"
      default: error.localizedDescription
      }
  }
}

/// Runs what is added at once, on the thread that adds it.
///
/// On Linux libcurl's own thread adds the callbacks, and an ordinary queue would hold the whole file in memory when
/// the disk is slower than the net. Here libcurl waits until the piece is taken.
private final class InlineQueue: OperationQueue, @unchecked Sendable {
  override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
}

private final class TransferDelegate: NSObject, URLSessionDataDelegate {
  private let pieces: PieceQueue

  init(pieces: PieceQueue) { self.pieces = pieces }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
  ) {
    if let response = response as? HTTPURLResponse { pieces.add(.head(HTTPHead(response))) }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    pieces.add(.data(data))
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    guard let error else { return pieces.add(.end(nil)) }
    pieces.add(.end(HTTPFailure(error, host: task.originalRequest?.url?.host ?? "")))
  }
}

/// A queue between the thread that receives and the thread that writes, bounded in bytes.
private final class PieceQueue: @unchecked Sendable {
  enum Piece {
    case head(HTTPHead)
    case data(Data)
    case end(HTTPFailure?)
  }

  /// Bytes that may wait.
  private static let capacity = 4 << 20

  // All below belong to the condition.
  private let condition = NSCondition()
  private var pieces: [Piece] = []
  private var byteCount = 0
  private var isClosed = false

  /// Adds a piece; waits while the queue is full.
  func add(_ piece: Piece) {
    condition.lock()
    defer { condition.unlock() }
    while byteCount >= Self.capacity && !isClosed { condition.wait() }
    if isClosed { return }
    if case .data(let data) = piece { byteCount += data.count }
    pieces.append(piece)
    condition.broadcast()
  }

  /// Takes the next piece, or `nil` when none comes within the time.
  func next(within seconds: TimeInterval) -> Piece? {
    condition.lock()
    defer { condition.unlock() }
    let end = Date(timeIntervalSinceNow: seconds)
    while pieces.isEmpty { if !condition.wait(until: end) { break } }
    guard !pieces.isEmpty else { return nil }
    let piece = pieces.removeFirst()
    if case .data(let data) = piece { byteCount -= data.count }
    condition.broadcast()
    return piece
  }

  /// Lets no sender wait any more.
  func close() {
    condition.lock()
    isClosed = true
    pieces = []
    byteCount = 0
    condition.broadcast()
    condition.unlock()
  }
}
