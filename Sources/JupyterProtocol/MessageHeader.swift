import JSONValue
import Synchronization

/// Who sent a message, in which session, and of which type it is.
public struct MessageHeader: Sendable, Equatable {
  /// The version of the messaging protocol that this library speaks.
  public static let protocolVersion = "5.5"

  /// Unique for every message.
  public var id: String
  /// The same for all messages of one client, or of one run of a kernel.
  public var session: String
  public var username: String
  /// ISO 8601.
  ///
  /// Kept as text, since only its sender gives it a meaning.
  public var date: String
  /// Such as `execute_request`.
  public var type: String
  public var version: String
  /// Members that this library does not know.
  ///
  /// A reply echoes them in its parent header.
  public var extensions: [String: JSONValue]

  /// How many headers this process has made.
  ///
  /// With the session, which is unique, it makes an id; random ones would take longer.
  private static let count = Atomic(0)

  /// A header of this library's protocol version with a fresh id and the time of now.
  ///
  /// - Parameter session: Unique among all sessions, such as a UUID.
  public init(type: String, session: String, username: String = "kernel") {
    id = "\(session)-\(Self.count.add(1, ordering: .relaxed).newValue)"
    self.session = session
    self.username = username
    date = Timestamp.now()
    self.type = type
    version = Self.protocolVersion
    extensions = [:]
  }
}

extension MessageHeader {
  private static let names: Set<String> = ["msg_id", "session", "username", "date", "msg_type", "version"]

  /// Reads the header of a received message.
  ///
  /// - Throws: ``ContentError`` when `msg_id`, `msg_type` or `session` is missing or no string.
  public init(_ json: [String: JSONValue]) throws(ContentError) {
    let fields = ContentFields(json, of: "header")
    id = try fields.string("msg_id")
    type = try fields.string("msg_type")
    session = try fields.string("session", default: "")
    username = try fields.string("username", default: "")
    date = json["date"]?.string ?? ""
    version = try fields.string("version", default: "5.0")
    extensions = json.filter { !Self.names.contains($0.key) }
  }

  /// The header as it goes over the wire.
  public var json: JSONValue {
    var members = extensions
    members["msg_id"] = .string(id)
    members["session"] = .string(session)
    members["username"] = .string(username)
    members["date"] = .string(date)
    members["msg_type"] = .string(type)
    members["version"] = .string(version)
    return .object(members)
  }
}
