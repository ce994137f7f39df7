import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Synchronization
import Testing

extension KernelTests {
  @Suite struct Requests {
    @Test func completionsCarryTypesAndSignatures() throws {
      let kernel = try RunningKernel()
      let request = kernel.frontEnd.send("complete_request", ["code": "é中", "cursor_pos": 2])
      let reply = try kernel.frontEnd.reply(to: request)
      #expect(reply.content["matches"] == ["é中!"])
      #expect(reply.content["cursor_start"] == 0 && reply.content["cursor_end"] == 2)
      #expect(
        reply.content["metadata"]?["_jupyter_types_experimental"] == [
          ["start": 0, "end": 2, "text": "é中!", "type": "function", "signature": "()"]
        ])
      #expect(try kernel.frontEnd.published(for: request).types == ["status", "status"])
      try kernel.shutDown()
    }

    @Test func inspectionAndCompleteness() throws {
      let kernel = try RunningKernel()
      func ask(_ type: String, _ content: [String: JSONValue]) throws -> [String: JSONValue] {
        try kernel.frontEnd.reply(to: kernel.frontEnd.send(type, content)).content
      }
      let known = try ask("inspect_request", ["code": "known", "cursor_pos": 3, "detail_level": 1])
      #expect(known["found"] == true && known["data"] == ["text/plain": "detail 1 at 3"])
      #expect(try ask("inspect_request", ["code": "unknown"])["found"] == false)
      #expect(try ask("is_complete_request", ["code": "{"]) == ["status": "incomplete", "indent": "  "])
      #expect(try ask("is_complete_request", ["code": ")"]) == ["status": "invalid"])
      #expect(try ask("is_complete_request", ["code": "1"]) == ["status": "complete"])
      try kernel.shutDown()
    }

    @Test func badMessagesAreDroppedAndTheKernelGoesOn() throws {
      let kernel = try RunningKernel()
      let frontEnd = kernel.frontEnd
      let good = frontEnd.wire.frames(
        of: Message(header: MessageHeader(type: "kernel_info_request", session: "s"), content: [:]))
      let other = WireFormat(signer: MessageSigner(key: "wrong"))
      let forged = other.frames(of: Message(header: MessageHeader(type: "kernel_info_request", session: "s")))
      let unknown = frontEnd.wire.frames(of: Message(header: MessageHeader(type: "make_coffee", session: "s")))
      let header = [Data("[]".utf8)] + good[3...5]
      let list = good[0...0] + [MessageSigner(key: "secret").signature(of: header)] + header
      for frames in [[Data()], [Data("x".utf8)], Array(good.prefix(3)), forged, Array(list), unknown] {
        for channel in [Channel.shell, .control, .stdin] { frontEnd.send(frames, on: channel) }
      }
      for channel in [Channel.shell, .control] {
        let request = frontEnd.send("kernel_info_request", on: channel)
        // The very next message is the answer: nothing bad was answered.
        let reply = try frontEnd.receive(on: channel)
        #expect(reply.parent?.id == request)
        #expect(reply.content["protocol_version"] == "5.5")
      }
      #expect(try frontEnd.run("x").reply.content["status"] == "ok")
      try kernel.shutDown()
    }

    @Test(arguments: ["execute", "complete", "inspect", "is_complete"])
    func contentOfTheWrongShapeIsAnError(type: String) throws {
      let kernel = try RunningKernel()
      let request = kernel.frontEnd.send("\(type)_request", ["code": 5])
      let reply = try kernel.frontEnd.reply(to: request)
      #expect(reply.content["status"] == "error")
      #expect(reply.content["ename"] == "InvalidRequest")
      #expect(reply.content["evalue"]?.string == "'code' of \(type)_request is a number, expected a string")
      #expect(try kernel.frontEnd.published(for: request).types == ["status", "status"])
      try kernel.shutDown()
    }

    @Test func theHeartbeatEchoes() throws {
      let kernel = try RunningKernel()
      kernel.frontEnd.send([Data("beat".utf8)], on: .heartbeat)
      #expect(kernel.frontEnd.receiveFrames(on: .heartbeat) == [Data("beat".utf8)])
      try kernel.shutDown()
    }
  }

  @Suite struct Comms {
    @Test func aFrontEndOpensTalksAndCloses() throws {
      let engine = TestEngine { _, _, _ in .ok }
      let kernel = try RunningKernel(engine: engine)
      let frontEnd = kernel.frontEnd
      frontEnd.send("comm_open", ["comm_id": "1", "target_name": "echo", "data": [:]])
      let message = frontEnd.send(
        "comm_msg", ["comm_id": "1", "data": ["value": 5]], buffers: [Data([1, 2])])
      let published = try frontEnd.published(for: message)
      #expect(published.types == ["status", "comm_msg", "status"])
      #expect(published[1].content == ["comm_id": "1", "data": ["value": 5]])
      #expect(published[1].buffers == [Data([1, 2])])
      #expect(try info(frontEnd) == ["1": ["target_name": "echo"]])
      #expect(try info(frontEnd, target: "other") == [:])
      _ = try frontEnd.published(for: frontEnd.send("comm_close", ["comm_id": "1", "data": [:]]))
      #expect(try info(frontEnd) == [:])
      #expect(engine.events.withLock { $0 } == ["closed echo"])
      try kernel.shutDown()
    }

    @Test func anUnknownTargetIsClosed() throws {
      let kernel = try RunningKernel()
      let request = kernel.frontEnd.send("comm_open", ["comm_id": "1", "target_name": "unknown", "data": [:]])
      #expect(try kernel.frontEnd.published(for: request).types == ["status", "comm_close", "status"])
      #expect(try info(kernel.frontEnd) == [:])
      try kernel.shutDown()
    }

    @Test func aCellOpensOne() throws {
      let kernel = try RunningKernel { _, output, _ in
        let id = output.openComm("slider", message: CommMessage(data: ["state": 1], metadata: ["version": "2.1.0"]))
        output.sendComm(id, message: CommMessage(data: ["state": 2]))
        output.sendComm("no such comm", message: CommMessage())
        return .ok
      }
      let published = try kernel.frontEnd.run("x").published
      #expect(published.types == ["status", "execute_input", "comm_open", "comm_msg", "status"])
      #expect(published[2].content["target_name"] == "slider")
      #expect(published[2].metadata == ["version": "2.1.0"])
      #expect(try info(kernel.frontEnd).values.map { $0["target_name"] } == ["slider"])
      try kernel.shutDown()
    }

    private func info(_ frontEnd: FrontEnd, target: String? = nil) throws -> [String: JSONValue] {
      let request = frontEnd.send("comm_info_request", target.map { ["target_name": .string($0)] } ?? [:])
      return try #require(try frontEnd.reply(to: request).content["comms"]?.object)
    }
  }
}
