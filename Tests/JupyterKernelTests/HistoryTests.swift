import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Testing

extension KernelTests {
  @Suite struct History {
    private func ask(_ kernel: RunningKernel, _ content: [String: JSONValue]) throws -> [JSONValue] {
      let request = kernel.frontEnd.send("history_request", content)
      return try #require(try kernel.frontEnd.reply(to: request).content["history"]?.array)
    }

    private func start(file: URL?) throws -> RunningKernel {
      var options = RunningKernel.testOptions
      options.historyFile = file
      return try RunningKernel(options: options) { cell, output, _ in
        if cell.code.hasPrefix("let") { return .ok }
        output.result(["text/plain": .string("<\(cell.code)>")])
        return .ok
      }
    }

    @Test func tailRangeAndSearch() throws {
      let kernel = try start(file: nil)
      for code in ["let a", "1 + 1", "let b", "1 + 1", "2?"] { _ = try kernel.frontEnd.run(code) }
      _ = try kernel.frontEnd.run("hidden", ["store_history": false])

      let tail = try ask(kernel, ["hist_access_type": "tail", "n": 2])
      #expect(tail == [[1, 4, "1 + 1"], [1, 5, "2?"]])
      let pairs = try ask(kernel, ["hist_access_type": "tail", "n": 3, "output": true])
      #expect(pairs.first == [1, 3, ["let b", nil]] && pairs.last == [1, 5, ["2?", "<2?>"]])
      let range = try ask(kernel, ["hist_access_type": "range", "session": 0, "start": 2, "stop": 4])
      #expect(range == [[1, 2, "1 + 1"], [1, 3, "let b"]])

      func search(_ pattern: String, _ more: [String: JSONValue] = [:]) throws -> [JSONValue] {
        try ask(kernel, more.merging(["hist_access_type": "search", "pattern": .string(pattern)]) { $1 })
      }
      #expect(try search("let*").count == 2)
      #expect(try search("1 + 1").count == 2)
      #expect(try search("1*1", ["unique": true]) == [[1, 4, "1 + 1"]])
      #expect(try search("*", ["n": 1]) == [[1, 5, "2?"]])
      #expect(try search("?et a").count == 1)
      #expect(try search("let").isEmpty && search("*b*c").isEmpty)
      try kernel.shutDown()
    }

    @Test func earlierSessionsAreRemembered() throws {
      let file = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID().uuidString)/h.jsonl")
      defer { try? FileManager.default.removeItem(at: file.deletingLastPathComponent()) }
      let first = try start(file: file)
      _ = try first.frontEnd.run("let größe")
      try first.shutDown()
      // A line that was cut off by a crash.
      let handle = try FileHandle(forUpdating: file)
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("{\"session\": 1, \"li\n".utf8))
      try handle.close()

      let second = try start(file: file)
      _ = try second.frontEnd.run("1")
      #expect(try ask(second, ["hist_access_type": "tail"]) == [[1, 1, "let größe"], [2, 1, "1"]])
      #expect(try ask(second, ["hist_access_type": "range", "session": -1]) == [[1, 1, "let größe"]])
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      try second.shutDown()
    }

    @Test func aFileThatCannotBeWrittenIsNoHindrance() throws {
      let kernel = try start(file: URL(fileURLWithPath: "/proc/nowhere/history.jsonl"))
      _ = try kernel.frontEnd.run("1")
      #expect(try ask(kernel, ["hist_access_type": "tail"]) == [[1, 1, "1"]])
      try kernel.shutDown()
    }
  }
}
