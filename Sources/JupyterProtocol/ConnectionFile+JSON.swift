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
    guard let members = (try? JSONValue(parsing: data))?.object else { throw .notAnObject }
    let fields = ContentFields(members, of: "the connection file")
    let transportName = try fields.text("transport", default: "tcp")
    guard let transport = Transport(rawValue: transportName) else { throw .unknownTransport(transportName) }
    let scheme = try fields.text("signature_scheme", default: "hmac-sha256")
    guard scheme == "hmac-sha256" else { throw .unknownSignatureScheme(scheme) }
    var ports: [Channel: Int] = [:]
    for channel in Channel.allCases { ports[channel] = try fields.port(of: channel, transport: transport) }
    self.init(
      transport: transport, address: try fields.text("ip", default: "127.0.0.1"), ports: ports,
      key: try fields.text("key", default: ""))
  }

  /// The JSON text that ``init(parsing:)`` reads.
  public func serialized() -> Data {
    var members: [String: JSONValue] = [
      "transport": .string(transport.rawValue), "ip": .string(address), "key": .string(key),
      "signature_scheme": "hmac-sha256",
    ]
    for (channel, port) in ports { members[channel.portName] = .integer(port) }
    return JSONValue.object(members).serialized(pretty: true)
  }
}

extension Channel {
  /// The member of the connection file that holds this channel's port.
  fileprivate var portName: String { self == .heartbeat ? "hb_port" : "\(rawValue)_port" }
}

extension ContentFields {
  fileprivate func text(_ name: String, default fallback: String) throws(ConnectionFileError) -> String {
    do throws(ContentError) {
      return try string(name, default: fallback)
    } catch {
      throw .badField(error)
    }
  }

  fileprivate func port(
    of channel: Channel, transport: ConnectionFile.Transport
  ) throws(ConnectionFileError) -> Int {
    let port: Int
    do throws(ContentError) {
      port = try requiredInteger(channel.portName)
    } catch {
      throw .badField(error)
    }
    guard transport == .ipc ? port >= 0 : (1...65535).contains(port) else { throw .badPort(channel, port) }
    return port
  }
}
