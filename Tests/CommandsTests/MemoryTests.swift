import CommandLanguage
import Commands
import TestSupport
import Testing

/// `memory` as a cell sees it.
struct MemoryTests {
  private let session = CommandSession()
  private let tiny = "load(\"\(Fixtures.path("tiny-llama.gguf"))\")"

  private func total(_ arguments: String) throws -> Int { try #require(Int(session.run("memory(\(arguments)).total"))) }

  @Test func tableAndChart() throws {
    let text = try session.run(
      "memory(for: \"llama-3.1-8b\", method: .qlora, rank: 16, targets: .allLinear, batchSize: 1, length: 512)")
    for word in ["linear layers", "their scales", "optimizer", "logits and loss", "total", "MiB", "free on this"] {
      #expect(text.contains(word), "\(text)")
    }
    #expect(session.displays.count == 1 && session.displays[0]["image/png"] != nil)
    // 41.9 million parameters of 4 bytes.
    let gradients = "memory(for: \"llama-3.1-8b\", rank: 16, targets: .allLinear).parts[\"gradients\"]"
    #expect(try session.run(gradients) == "\(41_943_040 * 4)")
  }

  @Test func choicesCount() throws {
    let start = try total("for: \"llama-3.2-1b\"")
    #expect(try total("for: \"llama-3.2-1b\", recompute: true") < start)
    #expect(try total("for: \"llama-3.2-1b\", method: .lora") > start)
    #expect(try total("for: \"llama-3.2-1b\", format: .q8_0") > start)
    #expect(try total("for: \"llama-3.2-1b\", rank: 64, optimizer: .adamW8bit") > start)
    #expect(
      try total("for: \"llama-3.2-1b\", rank: 64, optimizer: .adamW8bit") < total("for: \"llama-3.2-1b\", rank: 64"))
    #expect(try total("for: \"llama-3.2-1b\", method: .inference, format: .nf4") < start)
    #expect(try total("for: \"meta-llama/Llama-3.2-1B-Instruct\"") == start)
  }

  /// A loaded model counts as it is, with its adapter, and with what the session holds.
  @Test func loadedModelCountsAsItIs() throws {
    try session.run("let tiny = \(tiny)\nlet tuned = tiny.quantized(to: .nf4).attaching(LoRA(rank: 6, targets: [.q]))")
    let own = try session.run("memory(for: tuned, method: .lora).parts[\"gradients\"]")
    #expect(try session.run("memory(for: tiny, rank: 6, targets: [.q]).parts[\"gradients\"]") == own)
    #expect(try session.run("memory(for: tiny, method: .lora).parts[\"their scales\"] == nil") == "true")
    #expect(try session.run("memory(for: tiny).parts[\"their scales\"]! > 0") == "true", "QLoRA quantizes floats")
    #expect(try session.run("memory(for: tiny).parts[\"others in this session\"]! > 0") == "true")
  }

  @Test func sessionIsMeasured() throws {
    #expect(try total("") > 10 << 20)
    #expect(try session.run("memory()").contains("at most so far"))
  }

  @Test(arguments: [
    ("memory(for: \"lama-3.1-8b\")", "did you mean 'llama-3.1-8b'?"),
    ("memory(for: \"something else\")", "known by name: gemma-3-1b, "),
    ("memory(for: \"llama-3.2-1b\", r: 4)", "did you mean 'rank'?"),
    ("memory(for: \"llama-3.2-1b\", method: .qlra)", "did you mean '.qlora'?"),
    ("memory(for: \"llama-3.2-1b\", rank: 0)", "1"),
    ("memory(for: \"llama-3.2-1b\", targets: [])", "at least one target"),
    ("memory(for: \"llama-3.2-1b\", format: .nf4(blockSize: 48))", "power of two"),
    ("memory(for: 3)", "Model"),
  ])
  func mistakesAreExplained(cell: String, expected: String) {
    let text = session.error(of: cell)
    #expect(text.contains("error:") && text.contains(expected), "\(text)")
  }
}
