import CZeroMQ
import Foundation
import JupyterProtocol

/// The bound sockets of a kernel.
struct KernelSockets: Sendable {
  let shell: ZeroMQSocket
  let control: ZeroMQSocket
  let stdin: ZeroMQSocket
  let iopub: ZeroMQSocket
  let heartbeat: ZeroMQSocket
  let context = ZeroMQContext()
  private let paths: [String]

  init(_ connection: ConnectionFile) throws(ZeroMQError) {
    // A front end that comes back under its old identity takes over from the connection it lost.
    let router = [ZMQ_ROUTER_HANDOVER: Int32(1)]
    shell = try Self.bind(.shell, ZMQ_ROUTER, router, connection, context)
    control = try Self.bind(.control, ZMQ_ROUTER, router, connection, context)
    // Manual: a subscriber gets nothing before it has been accepted, and so its welcome comes first.
    iopub = try Self.bind(.iopub, ZMQ_XPUB, [ZMQ_XPUB_MANUAL: 1], connection, context)
    stdin = try Self.bind(
      .stdin, ZMQ_ROUTER, router.merging([ZMQ_ROUTER_MANDATORY: 1]) { $1 }, connection, context)
    heartbeat = try Self.bind(.heartbeat, ZMQ_REP, [:], connection, context)
    paths = Channel.allCases.compactMap { connection.socketPath(of: $0) }
  }

  private static func bind(
    _ channel: Channel, _ type: Int32, _ options: [Int32: Int32], _ connection: ConnectionFile, _ context: ZeroMQContext
  ) throws(ZeroMQError) -> ZeroMQSocket {
    let socket = try ZeroMQSocket(context, type: type, options: options)
    try socket.bind(connection.endpoint(of: channel))
    return socket
  }

  /// Removes the socket files of ipc.
  func removeFiles() {
    for path in paths { unlink(path) }
  }
}
