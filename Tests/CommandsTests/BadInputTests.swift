import Commands
import Foundation
import TestSupport
import Testing

/// Whatever a student or a file gets wrong, the cell ends in a clear error, and the session goes on with all it had.
struct BadInputTests {
  /// Runs a wrong cell between two right ones.
  private func expect(_ cell: String, toSay words: [String]) throws {
    let session = CommandSession()
    try session.run("let base = load(\"\(Fixtures.path("tiny-llama.gguf"))\")\nlet answer = 42")
    let text = session.error(of: cell)
    #expect(text.contains("error: ") && text.contains("help: "), "\(text)")
    for word in words { #expect(text.contains(word), "\(text)") }
    #expect(try session.run("answer") == "42")
    #expect(try session.run("base.generate(\"The\", maxTokens: 2, temperature: 0).tokens.count") == "2")
  }

  @Test func truncatedFile() throws {
    let files = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(filePath: Fixtures.path("tiny-llama.gguf")))
    for count in [3, 20, 5000, whole.count - 1] {
      let path = try files.write(whole.prefix(count), to: "cut-\(count).gguf")
      try expect("load(\"\(path)\")", toSay: ["cut-\(count).gguf"])
    }
  }

  @Test func absurdLengths() throws {
    let files = try TemporaryFolder()
    let whole = try Data(contentsOf: URL(filePath: Fixtures.path("tiny-llama.gguf")))
    for (offset, what) in [(8, "tensors"), (16, "keys"), (24, "name")] {
      var data = whole
      data.replaceSubrange(offset..<offset + 8, with: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
      let path = try files.write(data, to: "absurd-\(what).gguf")
      try expect("load(\"\(path)\")", toSay: ["absurd-\(what).gguf"])
    }
  }

  @Test func missingAndForeignFiles() throws {
    let files = try TemporaryFolder()
    try expect("load(\"/nowhere/model.gguf\")", toSay: ["/nowhere/model.gguf"])
    let page = try files.write("<!DOCTYPE html><html></html>", to: "page.gguf")
    try expect("load(\"\(page)\")", toSay: ["page.gguf"])
    try expect("load(\"\(files.path)\")", toSay: [files.path])
    try expect("dataset(\"/nowhere/rows.csv\")", toSay: ["/nowhere/rows.csv"])
  }

  @Test func unknownFormat() throws {
    try expect("base.quantized(to: .q9_Z)", toSay: ["q9_Z", ".nf4"])
  }

  @Test func adapterOfTheWrongShape() throws {
    try expect(
      "load(\"\(Fixtures.smolLM2)\").loadingAdapter(from: \"\(Fixtures.path("peft_adapter"))\")",
      toSay: ["576", "64"])
    try expect("base.loadingAdapter(from: \"/nowhere\")", toSay: ["/nowhere"])
  }

  @Test(arguments: ["let = 3", "base.generate(", "class Model {}", "1 +"])
  func syntaxErrors(cell: String) throws {
    let session = CommandSession()
    try session.run("let answer = 42")
    #expect(session.error(of: cell).contains("error: "))
    #expect(try session.run("answer") == "42")
  }
}
