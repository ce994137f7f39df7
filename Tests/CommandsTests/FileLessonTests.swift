import Commands
import Foundation
import JSONValue
import TestSupport
import Testing

/// The way of the third lesson, on small models: chat, merge, export, save, and open what was written.
struct FileLessonTests {
  private let tiny = "\"\(Fixtures.path("tiny-llama.gguf"))\""
  private let adapter = "\"\(Fixtures.path("peft_adapter"))\""

  @Test func mergedModelsAreExportedAndOpened() throws {
    let folder = try TemporaryFolder()
    let lesson = CommandSession()
    try lesson.run("let tuned = load(\(tiny)).loadingAdapter(from: \(adapter))\nlet merged = tuned.merged(into: .f32)")
    #expect(lesson.text.contains("Rounding to f32 moved a weight"))
    let text = "generate(\"A fine\", maxTokens: 16, temperature: 0).text"
    let expected = try lesson.run("tuned.\(text)")
    #expect(try lesson.run("merged.\(text)") == expected)
    try lesson.run("merged.export(to: \"\(folder.path)/m.gguf\", as: .f32)")
    #expect(try lesson.run("load(\"\(folder.path)/m.gguf\").\(text)") == expected)
    try lesson.run("merged.save(to: \"\(folder.path)/hf\")")
    #expect(try lesson.run("load(\"\(folder.path)/hf\").\(text)") == expected)
    try lesson.run("tuned.exportAdapter(to: \"\(folder.path)/a.gguf\")")
    #expect(try lesson.run("inspect(\"\(folder.path)/a.gguf\")").contains("adapter.lora.alpha"))
    #expect(lesson.displays.count == 2, "a line for the export and one for the folder, each updated in place")
  }

  @Test func fourBitsAreSavedAsBitsandbytesDoes() throws {
    let folder = try TemporaryFolder()
    let lesson = CommandSession()
    try lesson.run("let small = load(\(tiny)).quantized(to: .nf4)\nsmall.save(to: \"\(folder.path)/nf4\")")
    try lesson.run("let again = load(\"\(folder.path)/nf4\")")
    #expect(try lesson.run("again[\"blk.0.attn_q\"].format") == lesson.run("small[\"blk.0.attn_q\"].format"))
    #expect(try lesson.run("again.logits(of: \"A\").values == small.logits(of: \"A\").values") == "true")
  }

  @Test func conversationsGoOn() throws {
    let lesson = CommandSession()
    try lesson.run("let base = load(\"smollm2-135m\")")
    try lesson.run("let first = base.chat(\"Say one word.\", maxTokens: 4, temperature: 0)")
    #expect(try lesson.run("first.reusedTokens") == "0")
    try lesson.run("let second = base.chat(\"And another.\", maxTokens: 4, temperature: 0)")
    #expect(try lesson.run("second.prompt").contains("Say one word."))
    #expect(try lesson.run("second.reusedTokens >= first.promptTokens") == "true")
    try lesson.run("let third = base.chat(\"Hello\", system: \"Be brief.\", maxTokens: 2, temperature: 0)")
    #expect(try lesson.run("third.prompt").contains("Be brief."))
    #expect(try !lesson.run("third.prompt").contains("Say one word."))
    #expect(
      try lesson.run("base.chat(\"Hello\", startingOver: true, maxTokens: 2, temperature: 0).reusedTokens") == "0")
  }

  @Test func mistakesSayWhatToDo() throws {
    let session = CommandSession()
    #expect(session.error(of: "load(\(tiny)).merged()").contains("the model has no adapter"))
    let attached = "load(\(tiny)).attaching(LoRA(rank: 2))"
    #expect(session.error(of: "\(attached).export(to: \"m.gguf\")").contains("merge it first: model.merged()"))
    #expect(session.error(of: "load(\(adapter))").contains("loadingAdapter(from:"))
    #expect(session.error(of: "load(\"gemma-3-270m\").chat(\"Hello\")").contains("no chat template"))
    #expect(
      session.error(of: "load(\(tiny)).chat(\"a\", template: \"{{ 1 +\")").contains("line 1 of the chat template"))
    #expect(session.error(of: "download(\"nothing\", to: \"x\")").contains("no name of the Hugging Face hub"))
  }
}
