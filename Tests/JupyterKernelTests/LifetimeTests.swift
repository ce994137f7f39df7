import CZeroMQ
import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Logging
import Synchronization
import Testing

/// The example of the target's README: an engine of ten lines.
final class EchoEngine: CellEngine {
  let languageInformation = LanguageInformation(
    implementation: "echo", implementationVersion: "1.0", banner: "Echo", name: "text", version: "1.0",
    mimeType: "text/plain", fileExtension: ".txt")

  func execute(_ cell: Cell, output: any CellOutput, cancellation: CancellationFlag) -> CellOutcome {
    output.result(["text/plain": .string(cell.code)])
    return .ok
  }
}

extension KernelTests {
  @Suite struct Lifetime {
    @Test func tenLinesAreAnEngine() throws {
      let kernel = try RunningKernel(engine: EchoEngine())
      let published = try kernel.frontEnd.run("hello").published
      #expect(published.contains { $0.content["data"] == ["text/plain": "hello"] })
      let complete = kernel.frontEnd.send("complete_request", ["code": "h"])
      #expect(try kernel.frontEnd.reply(to: complete).content["matches"] == [])
      let isComplete = kernel.frontEnd.send("is_complete_request", ["code": "h"])
      #expect(try kernel.frontEnd.reply(to: isComplete).content["status"] == "unknown")
      let expressions = try kernel.frontEnd.run("", ["user_expressions": ["a": "1"]]).reply
      #expect(expressions.content["user_expressions"]?["a"]?["ename"] == "Unsupported")
      try kernel.shutDown()
    }

    @Test func frontEndsComeAndGo() throws {
      let kernel = try RunningKernel(engine: EchoEngine())
      for _ in 0..<3 {
        let second = FrontEnd(kernel.connection)
        #expect(try second.receive(on: .iopub).header.type == "iopub_welcome")
        let request = second.execute("from the second")
        for frontEnd in [kernel.frontEnd, second] {
          let published = try frontEnd.published(for: request)
          #expect(published.types == ["status", "execute_input", "execute_result", "status"])
        }
      }
      #expect(try kernel.frontEnd.run("alone again").published.count == 4)
      try kernel.shutDown()
    }

    @Test(arguments: [false, true])
    func shutDownAndRestart(restarts: Bool) throws {
      let engine = TestEngine { _, _, _ in .ok }
      let kernel = try RunningKernel(engine: engine)
      let (reply, exit) = try kernel.shutDown(restarts: restarts)
      #expect(reply.content == ["status": "ok", "restart": .bool(restarts)])
      #expect(exit == .shutDown(restarts: restarts))
      #expect(engine.events.withLock { $0 } == ["shut down, restarts: \(restarts)"])
      let published = try kernel.frontEnd.published(for: try #require(reply.parent).id)
      #expect(published.types == ["status", "shutdown_reply", "status"])
    }

    @Test func shutDownStopsARunningCellAndRemovesTheSockets() throws {
      let kernel = try RunningKernel()
      try kernel.frontEnd.waitUntilRunning(kernel.frontEnd.execute("loop"))
      let start = ContinuousClock.now
      #expect(try kernel.shutDown().exit == .shutDown(restarts: false))
      #expect(start.duration(to: .now) < .seconds(1))
      for channel in Channel.allCases {
        let path = try #require(kernel.connection.socketPath(of: channel))
        #expect(!FileManager.default.fileExists(atPath: path))
      }
    }

    @Test func aCellThatDoesNotHeedItsFlagDoesNotKeepTheKernel() throws {
      let kernel = try RunningKernel { _, _, _ in
        sleep(4)
        return .ok
      }
      try kernel.frontEnd.waitUntilRunning(kernel.frontEnd.execute("deaf"))
      let start = ContinuousClock.now
      #expect(try kernel.shutDown().exit == .shutDown(restarts: false))
      #expect(start.duration(to: .now) < .seconds(2.4))
    }

    @Test func aPortThatIsTakenIsAnError() throws {
      let connection = try #require(freeConnection(over: "127.0.0.1"))
      let kernel = try RunningKernel(engine: EchoEngine(), connection: connection)
      #expect(try kernel.frontEnd.run("x").reply.content["status"] == "ok")

      let second = Kernel(engine: EchoEngine(), connection: connection, logger: Logger(label: "test"))
      let error = #expect(throws: KernelError.self) { try second.run() }
      #expect(error?.description == "cannot bind \(connection.endpoint(of: .shell)): Address already in use")
      try kernel.shutDown()
    }

    @Test func internetProtocolVersion6() throws {
      // Not every machine has it.
      guard let connection = freeConnection(over: "::1") else { return }
      let kernel = try RunningKernel(engine: EchoEngine(), connection: connection)
      #expect(try kernel.frontEnd.run("x").reply.content["status"] == "ok")
      try kernel.shutDown()
    }

    /// A connection over ports that were free a moment ago, or `nil` when the address is not one of this machine.
    private func freeConnection(over address: String) -> ConnectionFile? {
      let context = zmq_ctx_new()
      var ports: [Channel: Int] = [:]
      var sockets: [UnsafeMutableRawPointer?] = []
      for channel in Channel.allCases {
        let socket = zmq_socket(context, ZMQ_ROUTER)
        withUnsafeBytes(of: Int32(1)) { _ = zmq_setsockopt(socket, ZMQ_IPV6, $0.baseAddress, $0.count) }
        zmq_bind(socket, "tcp://[\(address)]:*")
        var endpoint = [UInt8](repeating: 0, count: 128)
        var count = endpoint.count
        zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, &endpoint, &count)
        let text = String(decoding: endpoint.prefix { $0 != 0 }, as: UTF8.self)
        ports[channel] = text.split(separator: ":").last.flatMap { Int($0) }
        sockets.append(socket)
      }
      for socket in sockets { zmq_close(socket) }
      zmq_ctx_term(context)
      return ports.count == Channel.allCases.count ? ConnectionFile(address: address, ports: ports, key: "k") : nil
    }
  }
}
