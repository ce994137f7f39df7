import Foundation
import JSONValue
import TestSupport
import Testing

/// `quill bench`, on a model small enough for a test, and the names of models.
@Suite struct BenchTests {
  private let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/tiny-llama.gguf").path

  @Test func inferenceIsMeasured() throws {
    let run = try Program.run(
      [
        "bench", "inference", "--model", model, "--prompt", "8", "--generate", "4", "--repetitions", "2", "--threads",
        "1",
      ])
    let report = try JSONValue(parsing: run.output)
    #expect(run.status == 0)
    for key in ["pp_tok_s", "tg_tok_s", "load_s", "first_token_s", "peak_mib", "bytes"] {
      #expect((report[key]?.number ?? 0) > 0, "\(key)")
    }
    #expect(report["threads"] == 1)
    #expect(report["pp_s"]?.array?.count == 2 && report["tg_s"]?.array?.count == 2)
  }

  @Test func trainingIsMeasuredAndRepeatable() throws {
    let arguments = [
      "bench", "train", "--model", model, "--batch", "2", "--length", "16", "--rank", "4", "--steps", "3",
    ]
    let first = try JSONValue(parsing: Program.run(arguments).output)
    let second = try JSONValue(parsing: Program.run(arguments).output)
    let losses = try #require(first["losses"]?.array)
    #expect(losses.count == 3 && losses.allSatisfy { ($0.number ?? 0) > 0 })
    #expect(second["losses"] == first["losses"])
    #expect((first["step_s"]?.number ?? 0) > 0 && (first["tok_s"]?.number ?? 0) > 0)
  }

  @Test(arguments: [
    (["--model", "smolm2-135m"], "did you mean 'smollm2-135m'?"),
    (["--model", "nothing"], "known by name: smollm2-135m"),
    (["--model", "smollm2-135m"], "'make model' in Quill's folder fetches it"),
  ])
  func modelThatIsNotThereIsExplained(arguments: [String], text: String) throws {
    let empty = try TemporaryFolder()
    let run = try Program.run(["bench", "inference"] + arguments, environment: ["QUILL_HOME": empty.path])
    #expect(run.status == 1)
    #expect(run.errors.contains(text))
  }

  @Test func brokenDownloadIsNoticed() throws {
    let home = try TemporaryFolder()
    try FileManager.default.createDirectory(at: home.file("models"), withIntermediateDirectories: true)
    _ = try home.write("half of it", to: "models/smollm2-135m-instruct-q4_1.gguf")
    let run = try Program.run(["bench", "inference"], environment: ["QUILL_HOME": home.path])
    #expect(run.status == 1)
    #expect(run.errors.contains("has 10 bytes; it should have 98362432"))
  }

  @Test(arguments: [
    ["inference", "--prompt", "100000"], ["inference", "--threads", "0"], ["train", "--targets", "q,x"],
    ["train", "--length", "1"],
  ])
  func impossibleIsRefused(arguments: [String]) throws {
    let run = try Program.run(["bench"] + arguments + ["--model", model])
    #expect(run.status != 0 && run.output == "" && !run.errors.isEmpty)
  }

  @Test func unknownInstructionSetIsRefused() throws {
    let run = try Program.run(["doctor"], environment: ["QUILL_ISA": "avx1024"])
    #expect(run.status == 64)
    #expect(run.errors.contains("avx1024") && run.errors.contains("plain"))
  }
}
