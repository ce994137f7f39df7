import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Synchronization
import Testing

extension KernelTests {
  @Suite struct Interrupts {
    private func interrupt(_ kernel: RunningKernel) throws {
      let request = kernel.frontEnd.send("interrupt_request", on: .control)
      #expect(try kernel.frontEnd.reply(to: request, on: .control).content["status"] == "ok")
    }

    /// Runs a cell that never ends, interrupts it, and looks at what comes back.
    private func expectInterruption(of kernel: RunningKernel, by interrupt: () throws -> Void) throws {
      let request = kernel.frontEnd.execute("loop")
      try kernel.frontEnd.waitUntilRunning(request)
      usleep(20_000)
      let start = ContinuousClock.now
      try interrupt()
      let reply = try kernel.frontEnd.reply(to: request)
      #expect(start.duration(to: .now) < .milliseconds(100))
      #expect(reply.content["status"] == "error")
      #expect(reply.content["ename"] == "Interrupted")
    }

    @Test func aMessageStopsTheCellAndTheSessionGoesOn() throws {
      let kernel = try RunningKernel { _, output, _ in
        output.result(["text/plain": "still here"])
        return .ok
      }
      try expectInterruption(of: kernel) { try interrupt(kernel) }
      let (reply, published) = try kernel.frontEnd.run("next")
      #expect(reply.content["status"] == "ok" && reply.content["execution_count"] == 2)
      #expect(published.types.contains("execute_result"))
      try kernel.shutDown()
    }

    @Test func theSignalStopsTheCellToo() throws {
      var options = Kernel.Options()
      options.handlesInterruptSignal = true
      let kernel = try RunningKernel(options: options)
      for _ in 0..<3 { try expectInterruption(of: kernel) { kill(getpid(), SIGINT) } }
      // When idle it does nothing.
      kill(getpid(), SIGINT)
      usleep(50_000)
      #expect(try kernel.frontEnd.run("next").reply.content["status"] == "ok")
      try kernel.shutDown()
    }

    @Test func anIdleKernelIgnoresIt() throws {
      let kernel = try RunningKernel { _, _, cancellation in cancellation.isCancelled ? .interrupted : .ok }
      try interrupt(kernel)
      #expect(try kernel.frontEnd.run("next").reply.content["status"] == "ok")
      try kernel.shutDown()
    }

    @Test func theCellsBehindItAreAborted() throws {
      let kernel = try RunningKernel()
      let requests = ["loop", "a", "b"].map { kernel.frontEnd.execute($0) }
      try kernel.frontEnd.waitUntilRunning(requests[0])
      usleep(20_000)
      try interrupt(kernel)
      let states = try requests.map { try kernel.frontEnd.reply(to: $0).content["status"] }
      #expect(states == ["error", "aborted", "aborted"])
      try kernel.shutDown()
    }

    @Test func requestsAreAnsweredWhileACellRuns() throws {
      let kernel = try RunningKernel()
      let frontEnd = kernel.frontEnd
      let cell = frontEnd.execute("loop")
      try frontEnd.waitUntilRunning(cell)
      for type in ["complete", "inspect", "is_complete"] {
        let request = frontEnd.send("\(type)_request", ["code": "known"])
        #expect(try frontEnd.reply(to: request, seconds: 1).header.type == "\(type)_reply")
      }
      for type in ["history", "comm_info", "kernel_info"] {
        #expect(try frontEnd.reply(to: frontEnd.send("\(type)_request"), seconds: 1).content["status"] == "ok")
      }
      let usage = try frontEnd.reply(to: frontEnd.send("usage_request", on: .control), on: .control).content
      #expect(usage["kernel_memory"]?.integer ?? 0 > 1 << 20)
      #expect(usage["pid"]?.integer == Int(getpid()))
      try interrupt(kernel)
      #expect(try frontEnd.reply(to: cell).content["status"] == "error")
      try kernel.shutDown()
    }
  }

  @Suite struct StandardInput {
    private static let ask: TestEngine.Body = { cell, output, _ in
      do throws(InputError) {
        output.stream("before ", to: .stdout)
        output.result(["text/plain": .string(try output.input(prompt: "name?", isPassword: cell.code == "secret"))])
        return .ok
      } catch {
        return error == .interrupted ? .interrupted : .error(CellError(name: "InputError", message: "\(error)"))
      }
    }

    @Test func aQuestionGetsItsAnswer() throws {
      let kernel = try RunningKernel(Self.ask)
      for isPassword in [false, true] {
        let request = kernel.frontEnd.execute(isPassword ? "secret" : "open")
        let question = try kernel.frontEnd.receive(on: .stdin)
        #expect(question.header.type == "input_request")
        #expect(question.parent?.id == request)
        #expect(question.content == ["prompt": "name?", "password": .bool(isPassword)])
        kernel.frontEnd.send([Data("nonsense".utf8)], on: .stdin)
        kernel.frontEnd.send("input_reply", ["value": "Ada"], on: .stdin)
        let published = try kernel.frontEnd.published(for: request)
        #expect(published.types == ["status", "execute_input", "stream", "execute_result", "status"])
        #expect(published[3].content["data"] == ["text/plain": "Ada"])
      }
      try kernel.shutDown()
    }

    @Test func anInterruptEndsTheWait() throws {
      let kernel = try RunningKernel(Self.ask)
      let request = kernel.frontEnd.execute("open")
      _ = try kernel.frontEnd.receive(on: .stdin)
      let start = ContinuousClock.now
      kernel.frontEnd.send("interrupt_request", on: .control)
      #expect(try kernel.frontEnd.reply(to: request).content["ename"] == "Interrupted")
      #expect(start.duration(to: .now) < .milliseconds(100))
      // The answer that came too late is not taken for the answer to the next question.
      kernel.frontEnd.send("input_reply", ["value": "late"], on: .stdin)
      usleep(50_000)
      let next = kernel.frontEnd.execute("open")
      _ = try kernel.frontEnd.receive(on: .stdin)
      kernel.frontEnd.send("input_reply", ["value": "now"], on: .stdin)
      let published = try kernel.frontEnd.published(for: next)
      #expect(published.contains { $0.content["data"] == ["text/plain": "now"] })
      try kernel.shutDown()
    }

    @Test func withoutAFrontEndThatCanAskItFails() throws {
      let kernel = try RunningKernel(Self.ask)
      let reply = try kernel.frontEnd.run("open", ["allow_stdin": false]).reply
      #expect(reply.content["evalue"] == "this front end does not allow a cell to ask for input")
      try kernel.shutDown()
    }
  }
}
