import Foundation
import JSONValue
import TestSupport
import Testing

/// `quill run`: where outputs go, and the exit status.
@Suite struct RunTests {
  @Test func resultGoesToStandardOutput() throws {
    let run = try Program.run(["run", "-e", "1 + 1"])
    #expect(run.status == 0)
    #expect(run.output == "2\n")
    #expect(run.errors == "")
  }

  @Test func streamsGoTheirWays() throws {
    let run = try Program.run(["run", "-e", "print(\"a\", terminator: \"\")\nprint(\"b\", to: .stderr)\n\"c\""])
    #expect(run.output == "a\n\"c\"\n")
    #expect(run.errors == "b\n")
  }

  @Test func errorStopsTheFileAndNamesItsLine() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "// %% first\nlet x = 20\nx * 2\n// %%\nx\n  + nosuchname\n// %%\nprint(3)\n", to: "cells.swift")
    let run = try Program.run(["run", file])
    #expect(run.status == 1)
    #expect(run.output == "40\n")
    #expect(run.errors.contains("cells.swift, line 6"))
    #expect(run.errors.contains("error: ") && run.errors.contains("nosuchname"))
    #expect(!run.errors.contains("\u{1B}"), "no colours in a file")
  }

  @Test func standardInputAnswersQuestionsInTurn() throws {
    let run = try Program.run(["run", "-e", "[readLine(\"? \"), readLine(\"? \")]"], input: "one\ntwo\n")
    #expect(run.output.hasSuffix("[\"one\", \"two\"]\n"))
    let empty = try Program.run(["run", "-e", "readLine()"])
    #expect(empty.status == 1)
    #expect(empty.errors.contains("help: "))
  }

  @Test func interruptStopsTheCell() throws {
    let run = try Program.run(["run", "-e", "while true { }"], interruptAfter: 1)
    #expect(run.status == 130)
  }

  @Test func deepRecursionIsAnErrorAndNoCrash() throws {
    let run = try Program.run(["run", "-e", "func f(_ n: Int) -> Int { [n].map { f($0 + 1) }[0] }\nf(0)"])
    #expect(run.status == 1)
    #expect(run.errors.contains("error: "))
  }

  @Test func outputsAsJSONLines() throws {
    let run = try Program.run(["run", "--json", "-e", "print(\"a\")\nhelp(print)\n1 + 1"])
    let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(lines.map { $0["type"]?.string } == ["stream", "display", "result"])
    #expect(lines[0] == ["type": "stream", "name": "stdout", "text": "a\n"])
    #expect(lines[1]["data"]?["text/markdown"]?.string?.contains("print") == true)
    #expect(lines[2]["data"]?["text/plain"] == "2")

    let failed = try Program.run(["run", "--json", "-e", "nosuchname"])
    let error = try JSONValue(parsing: failed.output)
    #expect(failed.status == 1 && failed.errors == "")
    #expect(error["type"] == "error" && error["name"] == "Error")
    #expect(error["traceback"]?.string?.contains("cell 1, line 1") == true)
  }

  @Test(arguments: [["run"], ["run", "a.swift", "-e", "1"], ["run", "/no/such/file.swift"], ["nonsense"]])
  func wrongArgumentsAreRefused(arguments: [String]) throws {
    let run = try Program.run(arguments)
    #expect(run.status != 0)
    #expect(run.output == "" && !run.errors.isEmpty)
  }
}
