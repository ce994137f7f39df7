import Foundation
import JSONValue

/// The five sockets of a kernel.
public enum Channel: String, Sendable, CaseIterable {
  /// Requests of the front end: execute, complete, inspect and the like.
  case shell
  /// What the kernel publishes to all its front ends: output and status.
  case iopub
  /// Questions of the kernel to the person at the front end.
  case stdin
  /// Requests that must not wait for a running cell: interrupt and shutdown.
  case control
  /// An echo that shows that the kernel lives.
  case heartbeat
}

/// Where a kernel's sockets are and which key signs its messages, as the front end that starts the kernel writes it.
public struct ConnectionFile: Sendable, Equatable {
  public enum Transport: String, Sendable {
    case tcp
    /// Unix domain sockets: `ip` is then the start of a path, the port its end.
    case ipc
  }

  public var transport: Transport
  /// An IPv4 or IPv6 address without brackets, a host name, `*`, or for ``Transport/ipc`` a path.
  public var address: String
  public var ports: [Channel: Int]
  /// The key of HMAC-SHA256; empty for unsigned messages.
  public var key: String

  /// - Parameter ports: One for each channel.
  public init(transport: Transport = .tcp, address: String = "127.0.0.1", ports: [Channel: Int], key: String) {
    precondition(Set(ports.keys) == Set(Channel.allCases), "every channel needs a port")
    self.transport = transport
    self.address = address
    self.ports = ports
    self.key = key
  }

  /// The ZeroMQ endpoint of a channel, such as `tcp://127.0.0.1:5555`, `tcp://[::1]:5555` or `ipc:///tmp/kernel-1`.
  public func endpoint(of channel: Channel) -> String {
    let port = ports[channel, default: 0]
    return switch transport {
    case .ipc: "ipc://\(address)-\(port)"
    case .tcp: address.contains(":") ? "tcp://[\(address)]:\(port)" : "tcp://\(address):\(port)"
    }
  }

  /// The socket file of a channel, or `nil` for TCP.
  public func socketPath(of channel: Channel) -> String? {
    transport == .ipc ? "\(address)-\(ports[channel, default: 0])" : nil
  }
}

/// Why a connection file cannot be used.
public enum ConnectionFileError: Error, Equatable {
  case unreadable(path: String, reason: String)
  case notAnObject
  case badField(ContentError)
  case unknownTransport(String)
  case unknownSignatureScheme(String)
  /// A port of `channel` that is not in 1...65535 (TCP) or negative (ipc).
  case badPort(Channel, Int)
}

extension ConnectionFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "cannot read connection file '\(path)': \(reason)"
    case .notAnObject: "the connection file is not a JSON object"
    case .badField(let error): "\(error)"
    case .unknownTransport(let name): "unknown transport '\(name)', expected tcp or ipc"
    case .unknownSignatureScheme(let name): "unknown signature scheme '\(name)', expected hmac-sha256"
    case .badPort(let channel, let port): "port \(port) of the \(channel.rawValue) channel is out of range"
    }
  }
}
