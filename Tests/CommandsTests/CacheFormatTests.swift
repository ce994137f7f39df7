import TestSupport
import Testing

/// How a student chooses the format of keys and values.
struct CacheFormatTests {
  @Test func eightBitsGoOnAsSixteenDo() throws {
    let lesson = CommandSession()
    try lesson.run("let half = load(\"smollm2-135m\")\nlet eight = load(\"smollm2-135m\", cache: .q8_0)")
    let ask = "generate(\"The capital of France is\", maxTokens: 1, temperature: 0).text"
    #expect(try lesson.run("eight.\(ask)") == lesson.run("half.\(ask)"))
  }

  @Test func headsThatDoNotFitAreRefused() {
    let error = CommandSession().error(of: "load(\"\(Fixtures.path("tiny-llama.gguf"))\", cache: .q8_0)")
    #expect(error.contains("a cache in q8_0 needs heads of a multiple of 32 numbers"), "\(error)")
    #expect(error.contains("help: use cache: .f16"), "\(error)")
  }
}
