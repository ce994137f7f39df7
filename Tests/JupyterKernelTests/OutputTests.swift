import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Testing

extension KernelTests {
  @Suite struct Output {
    @Test func tenThousandPrintsArriveBeforeIdleInFewMessages() throws {
      let kernel = try RunningKernel { _, output, _ in
        for line in 0..<10_000 { output.stream("line \(line)\n", to: .stdout) }
        return .ok
      }
      let published = try kernel.frontEnd.run("x").published
      #expect(published.text() == (0..<10_000).map { "line \($0)\n" }.joined())
      #expect(published.count < 50)
      try kernel.shutDown()
    }

    @Test func textIsSentWhileTheCellRuns() throws {
      let kernel = try RunningKernel { _, output, _ in
        for token in 0..<40 {
          output.stream("\(token) ", to: .stdout)
          usleep(10_000)
        }
        return .ok
      }
      let start = ContinuousClock.now
      let published = try kernel.frontEnd.run("x").published
      let intervals = start.duration(to: .now) / .milliseconds(60)
      let pieces = published.filter { $0.header.type == "stream" }
      // At least 400 ms of text, in one message each 60 ms.
      #expect(pieces.count >= 4 && Double(pieces.count) <= intervals + 1)
      #expect(published.text() == (0..<40).map { "\($0) " }.joined())
      try kernel.shutDown()
    }

    @Test func charactersAreNotCut() throws {
      let kernel = try RunningKernel { _, output, _ in
        for byte in Array("é中👩‍🔬é".utf8) {
          output.stream(utf8: [byte], to: .stdout)
          output.display([:])
        }
        output.stream(utf8: [0xE4, 0xB8], to: .stdout)
        return .ok
      }
      let published = try kernel.frontEnd.run("x").published
      #expect(published.text() == "é中👩‍🔬é\u{FFFD}")
      #expect(published.filter { $0.header.type == "stream" }.count == 7)
      try kernel.shutDown()
    }

    @Test func textAboveTheLimitIsCutWithANotice() throws {
      var options = RunningKernel.testOptions
      options.outputLimit = OutputLimit(textBytes: 7, displays: 2)
      let kernel = try RunningKernel(options: options) { cell, output, _ in
        for _ in 0..<5 {
          if cell.code == "text" { output.stream("aéé", to: .stdout) } else { output.display([:]) }
        }
        return .ok
      }
      let text = try kernel.frontEnd.run("text").published
      #expect(text.text() == "aééa")
      #expect(text.text(of: "stderr").contains("7 bytes"))
      let displays = try kernel.frontEnd.run("displays").published
      #expect(displays.filter { $0.header.type == "display_data" }.count == 2)
      #expect(displays.text(of: "stderr").contains("2 displays"))
      try kernel.shutDown()
    }

    @Test func onlyKnownDisplaysAreUpdated() throws {
      let kernel = try RunningKernel { cell, output, _ in
        if cell.code == "show" { output.display(["text/plain": "1"], id: "d") }
        let isKnown = output.updateDisplay("d", data: ["text/plain": "2"])
        output.stream("\(isKnown) \(output.updateDisplay("e", data: [:]))", to: .stdout)
        return .ok
      }
      let before = try kernel.frontEnd.run("update").published
      #expect(before.text() == "false false")
      #expect(!before.types.contains("update_display_data"))
      let published = try kernel.frontEnd.run("show").published
      #expect(published.text() == "true false")
      let display = try #require(published.first { $0.header.type == "display_data" })
      let update = try #require(published.first { $0.header.type == "update_display_data" })
      for message in [display, update] { #expect(message.content["transient"] == ["display_id": "d"]) }
      #expect(update.content["data"] == ["text/plain": "2"])
      try kernel.shutDown()
    }

    @Test func clearOutputIsPublished() throws {
      let kernel = try RunningKernel { _, output, _ in
        output.clearOutput(wait: true)
        return .ok
      }
      #expect(try kernel.frontEnd.run("x").published.contains { $0.content == ["wait": true] })
      try kernel.shutDown()
    }

    /// What another thread writes belongs to the cell that started it, and nothing follows the idle status.
    @Test func outputOfThreadsStaysInItsCell() throws {
      let kernel = try RunningKernel { cell, output, _ in
        guard cell.code == "thread" else {
          usleep(200_000)
          return .ok
        }
        let hasWritten = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          output.stream("in time", to: .stdout)
          hasWritten.signal()
          usleep(100_000)
          output.stream("too late", to: .stdout)
          output.display(["text/plain": "too late"])
        }
        hasWritten.wait()
        return .ok
      }
      let first = kernel.frontEnd.execute("thread")
      let second = kernel.frontEnd.execute("wait")
      #expect(try kernel.frontEnd.published(for: first).text() == "in time")
      let published = try kernel.frontEnd.published(for: second)
      #expect(published.types == ["status", "execute_input", "status"])
      try kernel.shutDown()
    }

    @Test func eachStatusIsOfItsOwnRequest() throws {
      let kernel = try RunningKernel()
      let requests = (0..<20).map { kernel.frontEnd.execute("cell \($0)") }
      var expected: [String] = []
      for request in requests { expected += ["busy \(request)", "idle \(request)"] }
      var seen: [String] = []
      while seen.count < expected.count {
        let message = try kernel.frontEnd.receive(on: .iopub)
        guard let state = message.content["execution_state"]?.string, let parent = message.parent else { continue }
        seen.append("\(state) \(parent.id)")
      }
      #expect(seen == expected)
      try kernel.shutDown()
    }
  }
}
