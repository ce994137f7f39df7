import Commands
import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing

/// The way of the first lesson, on a tiny model: load, quantize, attach, train, compare, save, load again.
@Suite(.serialized)
struct LessonTests {
  private let tiny = "\"\(Fixtures.path("tiny-llama.gguf"))\""

  private func rows(_ count: Int) -> String {
    let rows = (0..<count).map { "[\"text\": \"A fine film, number \($0), with a good end.\", \"label\": \($0 % 2)]" }
    return "dataset([\(rows.joined(separator: ", "))])"
  }

  @Test func wholeLesson() throws {
    let folder = try TemporaryFolder()
    let lesson = CommandSession()
    try lesson.run("let base = load(\(tiny))\nlet small = base.quantized(to: .nf4)")
    #expect(lesson.text.contains("14 linear layers in nf4 + double quantization"))
    try lesson.run("let demo = small.attaching(LoRA(rank: 4, alpha: 8, targets: .allLinear), seed: 1)")
    #expect(
      try lesson.run("small.generate(\"The\", maxTokens: 8, temperature: 0).text")
        == lesson.run("demo.generate(\"The\", maxTokens: 8, temperature: 0).text"))
    try lesson.run(
      """
      let run = demo.train(on: \(rows(8)), validation: \(rows(2)), epochs: 3, batchSize: 2, learningRate: 1e-2,
                           maxLength: 16)
      """)
    #expect(lesson.displays.count == 2, "a progress line and a chart, each updated in place")
    #expect(lesson.displays[0]["text/html"] != nil)
    #expect(lesson.displays[1]["application/vnd.vegalite.v5+json"] != nil && lesson.displays[1]["text/html"] == nil)
    #expect(try lesson.run("run.history.count") == "12")
    #expect(try lesson.run("run.loss[11] < run.loss[0]") == "true")
    try lesson.run("run.model.saveAdapter(to: \"\(folder.path)/adapter\")")
    try lesson.run("let again = small.loadingAdapter(from: \"\(folder.path)/adapter\")")
    #expect(
      try lesson.run("again.generate(\"The\", maxTokens: 12, temperature: 0).text")
        == lesson.run("run.model.generate(\"The\", maxTokens: 12, temperature: 0).text"))
    // The models that came before are as they were.
    #expect(
      try lesson.run("small.generate(\"The\", maxTokens: 8, temperature: 0).text")
        == lesson.run("demo.generate(\"The\", maxTokens: 8, temperature: 0).text"))
  }

  /// The same seed gives the same run, bit for bit, and the same text.
  @Test func runsRepeat() throws {
    let lesson = CommandSession()
    try lesson.run("let demo = load(\(tiny)).quantized(to: .nf4).attaching(LoRA(rank: 4, dropout: 0.1))")
    let train = "demo.train(on: \(rows(6)), steps: 4, batchSize: 2, maxLength: 16).loss"
    #expect(try lesson.run(train) == lesson.run(train))
    let generate = "demo.generate(\"The\", maxTokens: 16, temperature: 1, topP: 0.9, seed: 3).text"
    #expect(try lesson.run(generate) == lesson.run(generate))
  }

  /// An interrupted training keeps its state, and the session goes on.
  @Test func trainingIsInterruptedAndGoesOn() throws {
    let lesson = CommandSession()
    try lesson.run("let demo = load(\(tiny)).attaching(LoRA(rank: 4))")
    try lesson.run("let trainer = demo.trainer(on: \(rows(8)), epochs: 2, batchSize: 2, maxLength: 16)")
    try lesson.run("let whole = demo.train(on: \(rows(8)), epochs: 2, batchSize: 2, maxLength: 16).loss")
    let calls = Mutex(0)
    #expect(throws: (any Error).self) {
      try lesson.run("trainer.run()") {
        calls.withLock { count in
          count += 1
          return count > 40
        }
      }
    }
    let done = try #require(Int(try lesson.run("trainer.history.count")))
    #expect(done > 0 && done < 8)
    #expect(lesson.text.contains("run() of the same trainer goes on behind step \(done).\n"))
    try lesson.run("let rest = trainer.run()")
    #expect(try lesson.run("rest.loss == whole") == "true", "as if it had not been interrupted")
  }

  @Test func generationIsInterrupted() throws {
    let lesson = CommandSession()
    try lesson.run("let base = load(\(tiny))")
    // Asked at every block of every token: the thirtieth time is in the fifteenth token.
    let calls = Mutex(0)
    #expect(throws: (any Error).self) {
      try lesson.run("base.generate(\"The\", maxTokens: 100, temperature: 0)") {
        calls.withLock { count in
          count += 1
          return count >= 30
        }
      }
    }
    #expect(calls.withLock { $0 } < 40, "nothing goes on after the interruption")
    #expect(try lesson.run("1 + 1") == "2")
    #expect(lesson.text.hasPrefix("The"))
  }

  @Test(arguments: [
    ("base.generate(\"Once\", temperature: 0.8, topp: 0.9)", "did you mean 'topP'?"),
    ("base.generate(\"Once\", max_new_tokens: 5)", "maxTokens"),
    ("base.generate(\"Once\", temperature: -1)", "0...100"),
    ("base.quantized(to: .q4_k_m)", ".nf4"),
    ("base.train(on: dataset([[\"text\": \"a b c\"]]))", "the model has no adapter"),
    ("base[\"blk.9.attn_q\"]", "did you mean"),
    ("base.attaching(LoRA(r: 8))", "rank"),
    ("dataset([[\"label\": 1]])[0].text", "text"),
    ("load(\"no-such-model\")", "no-such-model"),
    ("base.loadingAdapter(from: \"/nowhere\")", "/nowhere"),
  ])
  func mistakesAreExplained(cell: String, expected: String) throws {
    let lesson = CommandSession()
    try lesson.run("let base = load(\(tiny))")
    let text = lesson.error(of: cell)
    #expect(text.contains("error:") && text.contains(expected), "\(text)")
    #expect(try lesson.run("1 + 1") == "2")
  }
}
