import CommandLanguage
import JSONValue
import Testing

struct InspectionTests {
  let session = Toy.session()

  init() { session.define("model", Toy.Model().value) }

  /// Inspects at the `|` of a cell.
  private func inspect(_ marked: String, detail: Int = 0) -> String? {
    let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
    return session.inspect(parts.joined(), at: parts[0].unicodeScalars.count, detail: detail)?["text/plain"]?.string
  }

  @Test func wholePage() {
    #expect(
      inspect("model.merg|ed()", detail: 1) == """
        Model.merged() -> Model

        The model with its adapter merged in.

        Example:
            load("toy").merged()

        Elsewhere: mlx fuse, PEFT merge_and_unload
        """)
  }

  @Test func shortForm() {
    #expect(
      inspect("model.quantized|(to: .nf4)") == """
        Model.quantized(to: Format) -> Model

        The model in another format.

        Parameters:
          to: Format  The format. One of .f32 .nf4 .int .q4_K_M.
        """)
  }

  @Test func insideTheParentheses() {
    #expect(inspect("model.merged(|)")?.hasPrefix("Model.merged()") == true)
    #expect(inspect("load(\"toy|\")")?.hasPrefix("load(") == true)
  }

  @Test func parameter() {
    #expect(
      inspect("model.generate(\"x\", maxTok|ens: 3)") == """
        maxTokens: Int = 64

        The most tokens to make. 1...4096 tokens. (HF max_new_tokens, llama.cpp n-predict)
        """)
  }

  @Test func dottedName() {
    let text = inspect("model.quantized(to: .nf|4)")
    #expect(text?.hasPrefix(".nf4(blockSize: Int = 64, doubleQuantized: Bool = true)") == true)
    #expect(text?.hasSuffix("See: QLoRA, arXiv:2305.14314") == true)
  }

  @Test func variable() {
    #expect(inspect("mod|el")?.hasPrefix("model: Model\n\n    Model(f32)\n\n") == true)
  }

  @Test func nothing() {
    #expect(inspect("|") == nil)
    #expect(inspect("nope|") == nil)
    #expect(inspect("1 + |1") == nil)
  }

  @Test func markdownBesidePlainText() {
    let bundle = session.inspect("model.merged()", at: 8)
    #expect(bundle?["text/markdown"]?.string?.hasPrefix("```swift\nModel.merged() -> Model\n```") == true)
  }

  @Test func questionMarkOpensThePager() throws {
    for cell in ["load?", "model.generate?", "Model.generate?", ".nf4?", "model?", "let x = 1\nprint?"] {
      let output = RecordingOutput()
      #expect(try session.execute(cell: cell, number: 1, output: output) == nil)
      guard case .page(let bundle)? = output.events.first else {
        Issue.record("\(cell) opened no page")
        continue
      }
      #expect(bundle["text/plain"]?.string?.isEmpty == false && bundle["text/markdown"] != nil)
    }
  }

  @Test func helpShowsAPage() throws {
    for (cell, beginning) in [
      ("help(load)", "load(_ name: String"), ("help(generate)", "Model.generate("),
      ("help(model.merged)", "Model.merged("),
      ("help(.nf4)", ".nf4("), ("help(Format)", "Format"), ("help()", "Commands"), ("help(Model)", "Model"),
      ("help(Model.self)", "Model"),
    ] {
      let output = RecordingOutput()
      #expect(try session.execute(cell: cell, number: 1, output: output) == nil)
      #expect(output.displays.first?.hasPrefix(beginning) == true, "\(cell): \(output.displays)")
    }
    #expect(
      session.answer("help(lod)") == """
        cell 1, line 1
         1 | help(lod)
           |      |- error: there is no help about 'lod'
           |      `- help: did you mean 'load'?
        """)
  }

  @Test func referencePageHasEverything() {
    let page = Toy.registry.referencePage()
    for command in Toy.registry.commands { #expect(page.contains("### \(command.qualifiedName)\n")) }
    for symbol in Toy.formats.cases { #expect(page.contains("- `\(symbol.signature)`: \(symbol.summary)")) }
  }
}
