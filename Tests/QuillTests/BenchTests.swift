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

  /// Beside the file and the cache a process holds the program, the tokenizer and a workspace: 60 MiB, and some room for
  /// what a system maps with a page that is asked for.
  @Test func generationHoldsLittleBesideFileAndCache() throws {
    let path = Fixtures.smolLM2
    let run = try Program.run(
      ["bench", "inference", "--model", path, "--prompt", "512", "--generate", "4", "--repetitions", "1"])
    let report = try JSONValue(parsing: run.output)
    let file = try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
    let cache = try #require(report["kv_bytes"]?.number)
    let peak = try #require(report["peak_mib"]?.number)
    let beside = peak - (Double(file) + cache) / Double(1 << 20)
    #expect(beside > 0 && beside < 60 + 8, "\(beside) MiB")
  }

  /// Lists of prompts and contexts, each with its share of the roofline, which is of the same run.
  @Test(arguments: ["f32", "f16"])
  func growthIsHeldAgainstTheRoofline(cache: String) throws {
    let run = try Program.run(
      [
        "bench", "inference", "--model", model, "--prompt", "4,8", "--context", "0,16", "--generate", "4",
        "--repetitions", "1", "--kv", cache, "--activations", "float32", "--isa", "plain",
      ])
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONValue(parsing: run.output)
    #expect(report["isa"] == "plain" && report["kv"] == .string(cache) && report["activations"] == "float32")
    let prompts = try #require(report["prompts"]?.array), contexts = try #require(report["contexts"]?.array)
    #expect(prompts.map { $0["prompt"] } == [4, 8] && contexts.map { $0["context"] } == [0, 16])
    #expect(report["pp_tok_s"] == prompts[0]["pp_tok_s"] && report["tg_tok_s"] == contexts[0]["tg_tok_s"])
    let read = try #require(report["roofline"]?["read_gb_s"]?.number)
    for context in contexts {
      let share = try #require(context["tg_share_of_read"]?.number)
      let rate = try #require(context["tg_gb_s"]?.number)
      #expect(read > 0 && abs(share - rate / read) <= 1e-9 * share)
    }
    // A token reads the same weights at every place, and more keys and values further on.
    #expect(contexts[0]["weight_bytes_per_token"] == contexts[1]["weight_bytes_per_token"])
    let keys = contexts.map { $0["kv_bytes_per_token"]?.number ?? 0 }
    #expect(keys[1] == 9 * keys[0], "at position 2 and at position 18")
    #expect((report["roofline"]?["float32_gop_s"]?.number ?? 0) > 0)
  }

  @Test(arguments: ["q4_K", "Q8_0", "nf4", "int8", "f16"], ["int8", "float32"])
  func productIsMeasured(format: String, activations: String) throws {
    let run = try Program.run(
      [
        "bench", "kernels", "--format", format, "--rows", "48", "--columns", "256", "--tokens", "1,5", "--repetitions",
        "1", "--activations", activations,
      ])
    #expect(run.status == 0, "\(run.errors)")
    let products = try #require(JSONValue(parsing: run.output)["products"]?.array)
    #expect(products.map { $0["tokens"] } == [1, 5])
    for product in products {
      #expect((product["product_s"]?.number ?? 0) > 0 && (product["share_of_read"]?.number ?? 0) > 0)
    }
  }

  @Test(arguments: [
    (["inference", "--isa", "avx1024"], "this processor has"), (["inference", "--kv", "q4_0"], "q8_0"),
    (["inference", "--prompt", "4,,8"], "4,,8"), (["inference", "--context", "2000000"], "reads at most"),
    (["kernels", "--format", "q9_K"], "'q9_K' is no format of weights"),
    (["kernels", "--columns", "100"], "q4_K needs a multiple of 256"),
  ])
  func impossibleIsExplained(arguments: [String], text: String) throws {
    let run = try Program.run(["bench"] + arguments)
    #expect(run.status != 0 && run.output == "")
    #expect(run.errors.contains(text), "\(run.errors)")
  }

  @Test func cacheThatDoesNotFitIsExplained() throws {
    let run = try Program.run(["bench", "inference", "--model", model, "--kv", "q8_0"])
    #expect(run.status == 1 && run.output == "")
    #expect(run.errors.contains("needs heads of a multiple of 32 numbers; this model's have 16"), "\(run.errors)")
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

  @Test(arguments: [[], ["--dora"]])
  func trainingIsMeasuredOverShapes(more: [String]) throws {
    let run = try Program.run(
      [
        "bench", "train", "--model", model, "--batch", "1,2", "--length", "8,16", "--rank", "2,4", "--steps", "1",
        "--targets", "all",
      ] + more)
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONValue(parsing: run.output)
    let measurements = try #require(report["measurements"]?.array)
    let shapes = measurements.map { one in ["rank", "batch", "length"].compactMap { one[$0]?.integer } }
    #expect(
      shapes == [[2, 1, 8], [2, 1, 16], [2, 2, 8], [2, 2, 16], [4, 1, 8], [4, 1, 16], [4, 2, 8], [4, 2, 16]])
    for one in measurements {
      #expect((one["step_s"]?.number ?? 0) > 0)
      #expect((one["peak_mib"]?.number ?? 0) >= (one["loaded_mib"]?.number ?? .infinity))
    }
    #expect(report["losses"] == measurements[0]["losses"])
  }

  /// What `memory(for:)` foretells is what a process then needs that does nothing else.
  @Test(arguments: [
    ["--batch", "2", "--length", "192", "--rank", "8"],
    ["--batch", "2", "--length", "192", "--rank", "32", "--targets", "all", "--recompute"],
  ])
  func memoryIsForetold(shape: [String]) throws {
    let run = try Program.run(["bench", "train", "--model", Fixtures.smolLM2, "--steps", "2"] + shape)
    #expect(run.status == 0, "\(run.errors)")
    let report = try JSONValue(parsing: run.output)
    let (peak, estimate) = (
      try #require(report["peak_mib"]?.number), try #require(report["estimated_mib"]?.number)
    )
    #expect(abs(estimate - peak) < 0.1 * peak, "\(estimate) MiB foretold, \(peak) MiB needed")
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
    ["train", "--length", "1"], ["train", "--batch", "4,0"], ["train", "--length", "16,100000"],
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
