import Foundation
import Synchronization

/// A request as it came over the wire.
struct WireRequest: Sendable {
  let method: String
  /// The path with its query, as sent.
  let target: String
  /// The header fields with names in lower case.
  let fields: [String: String]

  var path: String { String(target.prefix { $0 != "?" }) }
}

/// An answer, and how the server may spoil it.
struct WireAnswer: Sendable {
  var status = 200
  var fields: [String: String] = [:]
  var body = Data()
  /// Bytes of the body after which the connection is closed, whatever was announced.
  var cutAfter: Int?
  /// Seconds before the first byte.
  var delay = 0.0
  /// Sent piece by piece: bytes of a piece, and seconds between two.
  var pace: (bytes: Int, seconds: Double)?
}

/// An HTTP/1.1 server on 127.0.0.1: one connection, one thread, one answer.
final class LoopbackServer: Sendable {
  private let descriptor: Int32
  let port: Int
  private let answer: @Sendable (WireRequest) -> WireAnswer
  private let log = Mutex<[WireRequest]>([])

  /// Begins to listen on a free port.
  init(_ answer: @escaping @Sendable (WireRequest) -> WireAnswer) throws {
    self.answer = answer
    signal(SIGPIPE, SIG_IGN)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
      }
    }
    guard isBound, listen(descriptor, 64) == 0 else { throw CocoaError(.fileReadUnknown) }
    port = Int(UInt16(bigEndian: address.sin_port))
    self.descriptor = descriptor
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(descriptor, nil, nil)
        guard connection >= 0 else { return }
        Thread.detachNewThread { [weak self] in
          self?.serve(connection)
          close(connection)
        }
      }
    }
  }

  deinit { stop() }

  /// Takes no more connections.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Every request so far, in order.
  var requests: [WireRequest] { log.withLock { $0 } }

  private func serve(_ connection: Int32) {
    guard let request = Self.readRequest(connection) else { return }
    log.withLock { $0.append(request) }
    let answer = answer(request)
    if answer.delay > 0 { usleep(UInt32(answer.delay * 1_000_000)) }
    var fields = answer.fields
    if fields["Content-Length"] == nil { fields["Content-Length"] = "\(answer.body.count)" }
    fields["Connection"] = "close"
    let head = "HTTP/1.1 \(answer.status) Answer\r\n" + fields.map { "\($0): \($1)\r\n" }.sorted().joined() + "\r\n"
    guard Self.send(Data(head.utf8), connection), request.method != "HEAD" else { return }
    let body = answer.cutAfter.map { answer.body.prefix($0) } ?? answer.body
    guard let pace = answer.pace else {
      _ = Self.send(body, connection)
      return
    }
    var rest = body[...]
    while !rest.isEmpty, Self.send(rest.prefix(pace.bytes), connection) {
      rest = rest.dropFirst(pace.bytes)
      usleep(UInt32(pace.seconds * 1_000_000))
    }
  }

  private static func readRequest(_ connection: Int32) -> WireRequest? {
    var text = Data()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while text.range(of: Data("\r\n\r\n".utf8)) == nil {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return nil }
      text += buffer[..<count]
    }
    let lines = String(decoding: text, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    let fields = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      return (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
    }
    return WireRequest(
      method: String(words[0]), target: String(words[1]), fields: Dictionary(fields, uniquingKeysWith: { $1 }))
  }

  private static func send(_ data: Data, _ connection: Int32) -> Bool {
    data.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = write(connection, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
      }
      return true
    }
  }
}
