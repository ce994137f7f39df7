import CommandLanguage
import Commands
import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing

/// Training as a cell sees it: checkpoints and going on from them, evaluations, stopping early, live figures.
@Suite(.serialized)
struct TrainingTests {
  private let tiny = "load(\"\(Fixtures.path("tiny-llama.gguf"))\").quantized(to: .nf4)"
  private let folder: TemporaryFolder
  private let session = CommandSession()

  init() throws {
    folder = try TemporaryFolder()
    try session.run("let small = \(tiny)\nlet demo = small.attaching(LoRA(rank: 4, dropout: 0.1))")
    try session.run("let data = \(rows(0..<16))\nlet held = \(rows(90..<94))")
  }

  private func rows(_ numbers: Range<Int>) -> String {
    let rows = numbers.map { "[\"text\": \"A fine film, number \($0), with a good end.\"]" }
    return "dataset([\(rows.joined(separator: ", "))])"
  }

  /// An interrupted run is gone on with from its last checkpoint, in another session, as if nothing had been.
  @Test func resumesFromACheckpoint() throws {
    let output = folder.path + "/run"
    let options = """
      validation: held, steps: 10, batchSize: 2, learningRate: 1e-2, schedule: .cosine, warmupSteps: 0.2, \
      optimizer: .adamW8bit, loraPlusRatio: 4, maxLength: 16, precision: .float32
      """
    try session.run("let whole = demo.train(on: data, \(options), evalSteps: 3)")
    try session.run("let part = demo.trainer(on: data, \(options), output: \"\(output)\", saveSteps: 4, evalSteps: 3)")
    try session.run("part.run(steps: 5)")
    #expect(session.text.contains("Checkpoints of step 4 in \(output).\n"))
    let later = CommandSession()
    try later.run("let small = \(tiny)\nlet data = \(rows(0..<16))\nlet held = \(rows(90..<94))")
    try later.run("let trainer = small.resuming(from: \"\(output)\", on: data, validation: held)")
    #expect(later.text.contains("Goes on after step 4 of 10, from \(output)/checkpoint-4.\n"))
    try later.run("let rest = trainer.run()")
    #expect(try later.run("rest.loss") == session.run("whole.loss"))
    #expect(
      try later.run("rest.evaluations.map { $0.loss }") == session.run("whole.evaluations.map { $0.loss }"))
    let text = "(\"The\", maxTokens: 12, temperature: 0).text"
    #expect(try later.run("rest.model.generate\(text)") == session.run("whole.model.generate\(text)"))
    #expect(later.text.contains("Checkpoints of step 8, 10 in \(output).\n"), "beside the first one")
    // A checkpoint is an adapter as PEFT saves it.
    try later.run("let tuned = small.loadingAdapter(from: \"\(output)/checkpoint-10\")")
    #expect(try later.run("tuned.generate\(text)") == session.run("whole.model.generate\(text)"))
  }

  /// Learning one sentence by heart makes others improbable.
  @Test func validationIsTold() throws {
    try session.run("let other = dataset([[\"text\": \"Xylophones zigzag where quartz jumps over lazy vows.\"]])")
    try session.run(
      """
      let run = demo.train(on: data, validation: other, steps: 60, batchSize: 2, learningRate: 0.05,
                           schedule: .constant, maxLength: 16, evalSteps: 2, patience: 3, loadBestModelAtEnd: true)
      """)
    let best = try #require(Int(try session.run("run.bestStep")))
    #expect(try session.run("run.history.count") == "\(best + 6)", "three evaluations behind the best one")
    #expect(
      session.text.contains("Stopped early: the validation loss no longer fell. The adapter is that of step \(best)"))
    #expect(try session.run("run.evaluations[0].step") == "2")
    let line = try session.run("run.evaluations[0]")
    #expect(line.hasPrefix("after step 2: validation loss ") && line.contains("perplexity"), "\(line)")
    let table = try #require(session.displays[0]["text/plain"]?.string)
    for word in ["validation loss", "perplexity", "tokens right", "rows right"] { #expect(table.contains(word)) }
    let chart = try #require(session.displays[1]["application/vnd.vegalite.v5+json"])
    #expect("\(chart)".contains("evaluation"), "evaluations are points of the chart")
    #expect(try session.run("run.evaluations[0].perplexity > 1 && run.evaluations[0].accuracy == 0.0") == "true")
  }

  /// What cannot be written is told, and the training goes on.
  @Test func failedCheckpointIsTold() throws {
    let file = try folder.write("a file", to: "taken")
    try session.run(
      "let run = demo.train(on: data, steps: 4, batchSize: 2, maxLength: 16, output: \"\(file)\", saveSteps: 2)")
    #expect(try session.run("run.history.count") == "4")
    #expect(session.text.contains("error: the checkpoint of step 2 was not written: "))
    #expect(session.text.contains("error: the checkpoint of step 4 was not written: "))
    #expect(session.text.contains("needs a folder where there is a file"))
    try session.run("let trainer = demo.trainer(on: data, steps: 4, batchSize: 2, maxLength: 16)\ntrainer.step()")
    #expect(session.error(of: "trainer.save(to: \"\(file)\")").contains("needs a folder where there is a file"))
    try session.run("trainer.save(to: \"\(folder.path)/own\")")
    #expect(session.text.contains("Step 1 in \(folder.path)/own/checkpoint-1.\n"))
  }

  /// `train` leaves no trainer behind, so what was done until an interruption is written down.
  @Test func interruptedTrainIsKept() throws {
    let output = folder.path + "/stopped"
    let calls = Mutex(0)
    let options = "steps: 8, batchSize: 2, maxLength: 16, output: \"\(output)\""
    #expect(throws: (any Error).self) {
      try session.run("demo.train(on: data, \(options))") {
        calls.withLock { count in
          count += 1
          return count > 100
        }
      }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(names.count == 1 && session.text.contains(" is in \(output)/\(names[0]): resuming(from: "))
    try session.run("let rest = small.resuming(from: \"\(output)\", on: data).run()")
    #expect(try session.run("rest.loss") == session.run("demo.train(on: data, \(options)).loss"))
  }

  @Test func logStandsForSeveralSteps() throws {
    try session.run(
      "let run = demo.train(on: data, steps: 7, batchSize: 2, maxLength: 16, loggingSteps: 3, evalSteps: nil)")
    #expect(try session.run("run.history.map { $0.step }") == "[3, 6, 7]")
    #expect(try session.run("run.evaluations.count") == "0")
  }

  /// At most five updates a second for each of the two figures, however fast the steps are.
  @Test func figuresAreUpdatedAtMostFiveTimesASecond() throws {
    let start = ContinuousClock.now
    try session.run("let run = demo.train(on: data, steps: 150, batchSize: 2, maxLength: 16)")
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    #expect(session.displays.count == 2)
    #expect(Double(session.updates) <= 2 * (5 * seconds + 2), "\(session.updates) updates in \(seconds) s")
    let text = try #require(session.displays[0]["text/plain"]?.string)
    #expect(text.contains("✓") && text.contains("step 150 of 150"), "the last state is shown")
  }

  /// A front end that takes half a second for every picture does not hold up the steps.
  @Test func trainerNeverWaitsForItsPictures() throws {
    let output = SlowOutput(delay: 0.5)
    let start = ContinuousClock.now
    let cell = "demo.train(on: data, steps: 60, batchSize: 2, maxLength: 16).history.map { $0.seconds }.sum()"
    let value = try session.session.execute(cell: cell, number: 99, output: output, isCancelled: { false })
    let wall = (ContinuousClock.now - start) / .seconds(1)
    let steps = try #require(Double(value?.display()["text/plain"]?.string ?? ""))
    // The picture that is under way and the last two are waited for, at the end.
    #expect(wall < steps + 6 * 0.5, "\(wall) s for steps of \(steps) s")
    #expect(output.shown.withLock { $0 } >= 3)
  }

  @Test(arguments: [
    ("demo.train(on: data, warmupSteps: 2.5)", "steps are counted in whole numbers, and this is 2.5"),
    ("demo.train(on: data, evalSteps: 2)", "no validation rows"),
    ("demo.train(on: data, patience: 2)", "no validation rows"),
    ("demo.train(on: data, save_steps: 5)", "saveSteps"),
    ("demo.train(on: data, precision: .float16)", ".bfloat16"),
    ("small.resuming(from: \"/nowhere\", on: data)", "/nowhere"),
    ("small.resuming(from: \"\(FileManager.default.temporaryDirectory.path)\", on: data)", "is no checkpoint"),
  ])
  func mistakesAreExplained(cell: String, expected: String) throws {
    let text = session.error(of: cell)
    #expect(text.contains("error:") && text.contains("help:") && text.contains(expected), "\(text)")
    #expect(session.error(of: "demo.train(on: data, saveSteps: 0)").contains("more than 0"))
  }

  @Test func checkpointOfSomethingElseIsExplained() throws {
    let output = folder.path + "/run"
    try session.run("let trainer = demo.trainer(on: data, steps: 4, batchSize: 2, maxLength: 16)\ntrainer.step()")
    try session.run("trainer.save(to: \"\(output)\")")
    for (call, words) in [
      ("small.resuming(from: \"\(output)\", on: data.prefix(15))", ["16 training rows, not 15", "help:"]),
      ("small.resuming(from: \"\(output)\", on: data.shuffled(seed: 1))", ["other training rows, as many", "help:"]),
      ("small.resuming(from: \"\(output)\", on: data, validation: held)", ["0 validation rows, not 4", "leave"]),
      (
        "load(\"\(Fixtures.path("tiny-llama.gguf"))\").resuming(from: \"\(output)\", on: data)",
        ["trained on other weights", "is f32", "was nf4 + double quantization", "quantized in the same way"]
      ),
    ] {
      let text = session.error(of: call)
      for word in words { #expect(text.contains(word), "\(text)") }
    }
    try session.run("small.resuming(from: \"\(output)\", on: data).step()")
  }
}

/// An output whose figures take their time.
private final class SlowOutput: CommandOutput {
  let delay: Double
  let shown = Mutex(0)

  init(delay: Double) { self.delay = delay }

  func write(_ text: String, to stream: TextStream) {}

  func display(_ bundle: [String: JSONValue]) -> any UpdatableDisplay {
    wait()
    return Display(output: self)
  }

  func clear(wait: Bool) {}
  func page(_ bundle: [String: JSONValue]) {}
  func readLine(prompt: String, isPassword: Bool) throws -> String { "" }

  private func wait() {
    Thread.sleep(forTimeInterval: delay)
    shown.withLock { $0 += 1 }
  }

  private struct Display: UpdatableDisplay {
    let output: SlowOutput

    func update(_ bundle: [String: JSONValue]) { output.wait() }
  }
}
