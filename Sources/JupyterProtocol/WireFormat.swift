import Foundation
import JSONValue

/// Why received frames are no message.
public enum WireError: Error, Equatable {
  /// No frame is `<IDS|MSG>`.
  case missingDelimiter
  /// Fewer than five frames stand behind the delimiter: signature, header, parent header, metadata, content.
  case tooFewFrames(found: Int)
  case wrongSignature
  /// A frame (`part` names it) is not a JSON object.
  case notAnObject(part: String)
  case badHeader(ContentError)
}

extension WireError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingDelimiter: "no <IDS|MSG> frame"
    case .tooFewFrames(let found): "\(found) frames after <IDS|MSG>, expected at least 5"
    case .wrongSignature: "the signature does not match"
    case .notAnObject(let part): "\(part) is not a JSON object"
    case .badHeader(let error): "\(error)"
    }
  }
}

/// How a message is laid out as frames of a multipart ZeroMQ message:
/// `identities… <IDS|MSG> signature header parent metadata content buffers…`.
public struct WireFormat: Sendable {
  static let delimiter = Data("<IDS|MSG>".utf8)
  private let signer: MessageSigner

  public init(signer: MessageSigner) {
    self.signer = signer
  }

  /// The signed frames of `message`.
  public func frames(of message: Message) -> [Data] {
    let parts = [
      message.header.json, message.parent?.json ?? [:], .object(message.metadata), .object(message.content),
    ].map { $0.serialized() }
    return message.identities + [Self.delimiter, signer.signature(of: parts)] + parts + message.buffers
  }

  /// Reads a message.
  ///
  /// Nothing is parsed before the signature has been verified.
  public func message(from frames: [Data]) throws(WireError) -> Message {
    guard let delimiter = frames.firstIndex(of: Self.delimiter) else { throw .missingDelimiter }
    let rest = frames[(delimiter + 1)...]
    guard rest.count >= 5, let signature = rest.first else { throw .tooFewFrames(found: rest.count) }
    let parts = rest.dropFirst().prefix(4)
    guard signer.verifies(signature, of: parts) else { throw .wrongSignature }

    var objects: [[String: JSONValue]] = []
    for (part, name) in zip(parts, ["header", "parent header", "metadata", "content"]) {
      guard let object = (try? JSONValue(parsing: part))?.object else { throw .notAnObject(part: name) }
      objects.append(object)
    }
    do {
      return Message(
        header: try MessageHeader(objects[0]), parent: objects[1].isEmpty ? nil : try MessageHeader(objects[1]),
        metadata: objects[2], content: objects[3], buffers: Array(rest.dropFirst(5)),
        identities: Array(frames[..<delimiter]))
    } catch {
      throw .badHeader(error)
    }
  }
}
