import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Testing

/// Tests of whole kernels.
///
/// One after another, since they look at times.
@Suite(.serialized) struct KernelTests {}

extension KernelTests {
  @Suite struct Execution {
    @Test func messagesComeInTheirOrder() throws {
      let kernel = try RunningKernel { _, output, _ in
        output.stream("a", to: .stdout)
        output.stream("b", to: .stderr)
        output.display(["text/plain": "c"])
        output.stream("d", to: .stdout)
        output.result(["text/plain": "e"])
        output.stream("f", to: .stdout)
        return .ok
      }
      let (reply, published) = try kernel.frontEnd.run("cell")
      #expect(
        published.types == [
          "status", "execute_input", "stream", "stream", "display_data", "stream", "execute_result", "stream", "status",
        ])
      #expect(published.first?.content["execution_state"] == "busy")
      #expect(published[1].content == ["code": "cell", "execution_count": 1])
      #expect(published[6].content["execution_count"] == 1)
      #expect(published.text() == "adf")
      #expect(reply.header.type == "execute_reply")
      #expect(reply.content == ["status": "ok", "execution_count": 1, "payload": [], "user_expressions": [:]])
      try kernel.shutDown()
    }

    @Test func anErrorIsPublishedAndReplied() throws {
      let kernel = try RunningKernel()
      let (reply, published) = try kernel.frontEnd.run("fail")
      #expect(published.types == ["status", "execute_input", "error", "status"])
      for content in [reply.content, published[2].content] {
        #expect(content["ename"] == "Failure")
        #expect(content["evalue"] == "as asked")
        #expect(content["traceback"] == ["Failure: as asked"])
      }
      #expect(reply.content["status"] == "error")
      try kernel.shutDown()
    }

    @Test func silentCellsLeaveNoTrace() throws {
      let kernel = try RunningKernel { _, output, _ in
        output.stream("a", to: .stdout)
        output.display(["text/plain": "b"])
        output.result(["text/plain": "c"])
        return .ok
      }
      _ = try kernel.frontEnd.run("one")
      let (reply, published) = try kernel.frontEnd.run("two", ["silent": true])
      #expect(published.types == ["status", "status"])
      #expect(reply.content["execution_count"] == 1)
      #expect(try kernel.frontEnd.run("three", ["store_history": false]).reply.content["execution_count"] == 1)
      #expect(try kernel.frontEnd.run("four").reply.content["execution_count"] == 2)
      try kernel.shutDown()
    }

    @Test func userExpressionsAreEvaluatedAfterSuccess() throws {
      let kernel = try RunningKernel()
      let reply = try kernel.frontEnd.run("", ["user_expressions": ["a": "one", "b": "two"]]).reply
      let expressions = reply.content["user_expressions"]
      #expect(expressions?["a"] == ["status": "ok", "data": ["text/plain": "1"], "metadata": [:]])
      #expect(expressions?["b"]?["ename"] == "NameError")
      try kernel.shutDown()
    }

    @Test func anErrorAbortsTheCellsBehindIt() throws {
      let kernel = try RunningKernel { cell, _, _ in
        if cell.code == "slow" { usleep(100_000) }
        return .error(CellError(name: "E", message: "m"))
      }
      let frontEnd = kernel.frontEnd
      let requests = ["slow", "second", "third"].map { frontEnd.execute($0) }
      #expect(try requests.map { try frontEnd.reply(to: $0).content["status"] } == ["error", "aborted", "aborted"])
      _ = try frontEnd.published(for: requests[0])
      for aborted in requests.dropFirst() {
        #expect(try frontEnd.published(for: aborted).types == ["status", "status"])
      }
      try kernel.shutDown()
    }

    @Test func withoutStopOnErrorTheCellsBehindItRun() throws {
      let kernel = try RunningKernel { _, _, _ in
        usleep(20_000)
        return .error(CellError(name: "E", message: "m"))
      }
      let requests = [0, 1].map { _ in kernel.frontEnd.execute("x", ["stop_on_error": false]) }
      #expect(try requests.map { try kernel.frontEnd.reply(to: $0).content["status"] } == ["error", "error"])
      try kernel.shutDown()
    }

    @Test func payloadsTravelWithTheReply() throws {
      let kernel = try RunningKernel { _, output, _ in
        output.page(["text/plain": "help"])
        output.setNextInput("next", replace: false)
        return .ok
      }
      let payload = try kernel.frontEnd.run("x?").reply.content["payload"]
      #expect(payload?[0] == ["source": "page", "data": ["text/plain": "help"], "start": 0])
      #expect(payload?[1] == ["source": "set_next_input", "text": "next", "replace": false])
      try kernel.shutDown()
    }
  }
}
