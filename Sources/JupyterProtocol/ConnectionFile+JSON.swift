import Foundation
import JSONValue

extension ConnectionFile {
  /// Reads the file that a front end hands to the kernel it starts.
  ///
  /// - Throws: ``ConnectionFileError``.
  public init(contentsOf file: URL) throws(ConnectionFileError) {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .unreadable(path: file.path, reason: error.localizedDescription)
    }
    try self.init(parsing: data)
  }

  /// Reads the JSON text of a connection file.
  ///
  /// - Throws: ``ConnectionFileError``.
  public init(parsing data: Data) throws(ConnectionFileError) {
    guard let members = JSONReader.value(of: data)?.object else { throw .notAnObject }
    let fields = ContentFields(members, of: "the connection file")
    do {
      let transportName = try fields.string("transport", default: "tcp")
      guard let transport = Transport(rawValue: transportName) else {
        throw ConnectionFileError.unknownTransport(transportName)
      }
      let scheme = try fields.string("signature_scheme", default: "hmac-sha256")
      guard scheme == "hmac-sha256" else { throw ConnectionFileError.unknownSignatureScheme(scheme) }
      self.init(
        transport: transport, address: try fields.string("ip", default: "127.0.0.1"),
        ports: try Self.ports(in: fields, transport: transport), key: try fields.string("key", default: ""))
    } catch let error as ContentError {
      throw .badField(error)
    } catch let error as ConnectionFileError {
      throw error
    } catch {
      preconditionFailure("only the two errors above are thrown")
    }
  }

  private static func ports(in fields: ContentFields, transport: Transport) throws -> [Channel: Int] {
    var ports: [Channel: Int] = [:]
    for channel in Channel.allCases {
      let name = memberName(of: channel)
      guard let port = try fields.integer(name) else {
        throw ContentError.missing(field: name, part: "the connection file")
      }
      guard transport == .ipc ? port >= 0 : (1...65535).contains(port) else {
        throw ConnectionFileError.badPort(channel, port)
      }
      ports[channel] = port
    }
    return ports
  }

  /// The JSON text that ``init(parsing:)`` reads.
  public func serialized() -> Data {
    var members: [String: JSONValue] = [
      "transport": .string(transport.rawValue), "ip": .string(address), "key": .string(key),
      "signature_scheme": "hmac-sha256",
    ]
    for (channel, port) in ports { members[Self.memberName(of: channel)] = .integer(port) }
    return JSONValue.object(members).serialized(pretty: true)
  }

  private static func memberName(of channel: Channel) -> String {
    channel == .heartbeat ? "hb_port" : "\(channel.rawValue)_port"
  }
}
