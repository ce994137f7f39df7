import Generation
import LanguageModels
import TestSupport
import Testing

/// The real model, which `make model` fetches: greedy text with guesses is the text without, near ties included.
@Suite(.serialized)
struct RealSpeculationTests {
  private static let prompts = [
    "The capital of France is", "Once upon a time", "1, 2, 3, 4, 5, 6,", "apple, pear, apple, pear, apple,",
    "func add(a: Int, b: Int) -> Int { a + b }\nfunc sub(a: Int, b: Int) -> Int {", "To be, or not to be",
    "The movie was", "Monday, Tuesday, Wednesday,", "A B C D E A B C D E A B", "Dear Sir or Madam,",
    "<ul>\n<li>one</li>\n<li>two</li>\n<li>", "He said: \"No.\" She said: \"Yes.\" He said:", "Water boils at",
    "{\"name\": \"Ann\", \"age\": 31}\n{\"name\": \"Bob\",", "Roses are red,",
    "Q: What is 2 + 2?\nA: 4\nQ: What is 3 + 3?\nA:",
    "In 1969, ", "Die Katze sitzt auf", "x = 1\ny = 2\nz =", "The quick brown fox jumps over the lazy dog. The quick",
  ]

  @Test(arguments: [Activations.float32, .int8])
  func greedyTextIsTheSame(activations: Activations) throws {
    var model = try LanguageModel(path: Fixtures.smolLM2)
    model.activations = activations
    let context = PrefixContext(model)
    var accepted = 0
    for prompt in Self.prompts {
      let plain = try TextGenerator(context).generate(prompt, GenerationOptions(maxTokens: 32))
      let drafted = try TextGenerator(context).generate(prompt, GenerationOptions(maxTokens: 32, draftTokens: 8))
      #expect(drafted.steps == plain.steps && drafted.text == plain.text, "\(prompt)")
      #expect(drafted.reusedTokens == drafted.promptTokens)
      accepted += drafted.acceptedTokens
    }
    #expect(accepted > 50)
  }
}
