/// The heartbeat thread: sends back whatever comes, so that a front end sees that the kernel lives.
struct HeartbeatLoop: Sendable {
  let socket: ZeroMQSocket

  /// Runs until the context is shut down.
  func run() {
    while let frames = socket.receive(waits: true) {
      try? socket.send(frames)
    }
  }
}
