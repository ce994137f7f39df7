import CommandLanguage
import Testing

/// The words and the layout of errors, letter by letter.
struct ErrorTextTests {
  @Test func parameterWithSuggestion() {
    let session = Toy.session()
    session.define("tuned", Toy.Model().value)
    let cell = """
      let warmup = 1
      tuned.generate("Once", temperature: 0.8, topp: 0.9)
      """
    #expect(
      session.answer(cell, number: 12) == """
        cell 12, line 2
         2 | tuned.generate("Once", temperature: 0.8, topp: 0.9)
           |                                          |- error: 'generate' has no parameter 'topp'
           |                                          `- help: did you mean 'topP'?
        """)
  }

  @Test func engineErrorPointsAtTheCall() {
    #expect(
      Toy.session().answer("load(\"toy\").export(to: \"x.gguf\")") == """
        cell 1, line 1
         1 | load("toy").export(to: "x.gguf")
           |             |- error: cannot store 'blk.0' as q4_K
           |             `- help: .q4_K_M falls back to q5_0
        """)
  }

  @Test func engineErrorPointsAtTheArgument() {
    #expect(
      Toy.session().answer("let m = load(\"missing\")") == """
        cell 1, line 1
         1 | let m = load("missing")
           |              |- error: no model is called 'missing'
           |              `- help: load("toy") is there
        """)
  }

  @Test func errorWithoutHelp() {
    #expect(
      Toy.session().answer("1 +\n  2 / 0") == """
        cell 1, line 2
         2 |   2 / 0
           |     `- error: division by zero
        """)
  }

  @Test func syntaxErrors() {
    #expect(
      Toy.session().answer("let x = (1 + 2\nlet y = 3]") == """
        cell 1, line 1
         1 | let x = (1 + 2
           |               `- error: expected ')' to end tuple
        cell 1, line 2
         2 | let y = 3]
           |          `- error: unexpected code ']' in source file
        """)
  }

  @Test func severalUnsupportedConstructs() {
    #expect(
      Toy.session().answer("class A {}\nlet fine = 1\nimport B") == """
        cell 1, line 1
         1 | class A {}
           | `- error: the command language has no 'class'; it knows let, var, func, if, for, while, switch
        cell 1, line 3
         3 | import B
           | |- error: the command language has no 'import'; it knows let, var, func, if, for, while, switch
           | `- help: leave the line out, every command is there already
        """)
  }

  @Test(arguments: [
    ("\"é日本\" + 1", "        "), ("\"e\u{301}\" + 1", "    "), ("\"👩‍👩‍👧\" + 1", "     "),
    ("\t\"a\" + 1", "\t    "), ("\"ｗ\" + 1", "     "),
  ])
  func caretColumn(source: String, blank: String) {
    let lines = Toy.session().answer(source).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[2] == "   | \(blank)|- error: '+' does not work on a String and an Int")
  }

  @Test func wideLineNumbers() {
    let cell = String(repeating: "\n", count: 99) + "nope"
    #expect(
      Toy.session().answer(cell) == """
        cell 1, line 100
         100 | nope
             | |- error: nothing is called 'nope'
             | `- help: declare it with 'let nope = …', or see help()
        """)
  }

  @Test func errorInsideAFunctionOfAnEarlierCell() {
    let session = Toy.session()
    _ = session.answer("func half(_ x: Int) -> Int {\n  x / 0\n}", number: 3)
    #expect(
      session.answer("let a = 1\nhalf(a)", number: 4) == """
        cell 3, line 2
         2 |   x / 0
           |     `- error: division by zero
        called from cell 4, line 2
        """)
  }

  @Test func plainMessageWithoutAPlace() {
    let problem = Problem.failure(message: "the disk is full", help: "free 2 GB")
    let diagnostic = Diagnostic(problem: problem, range: nil)
    #expect(DiagnosticRenderer().text(of: diagnostic) == "error: the disk is full\nhelp: free 2 GB")
  }

  @Test func coloursOfATerminal() {
    let diagnostic = Diagnostic(problem: .failure(message: "no", help: "yes"), range: nil)
    #expect(
      DiagnosticRenderer(.coloured).text(of: diagnostic)
        == "\u{1B}[1;31merror:\u{1B}[0m no\n\u{1B}[1;36mhelp:\u{1B}[0m yes")
    #expect(
      DiagnosticRenderer(.bold).text(of: diagnostic)
        == "\u{1B}[1merror:\u{1B}[0m no\n\u{1B}[1mhelp:\u{1B}[0m yes")
  }

  @Test func errorsAreData() throws {
    let error = try #require(throws: CellError.self) {
      try Toy.session().execute(cell: "\n  nope", number: 5, output: RecordingOutput())
    }
    #expect(error.kind == .runtime && error.message == "nothing is called 'nope'")
    let range = try #require(error.diagnostics.first?.range)
    #expect(range.line == 2 && range.text == "nope" && range.file.name == "cell 5")
  }

  @Test(arguments: [
    ("cuont", "count"), ("lenght", "length"), ("topp", "topP"), ("temprature", "temperature"), ("mpa", "map"),
  ])
  func similarSpelling(word: String, meant: String) {
    let names = ["count", "length", "topP", "temperature", "map", "load"]
    let parameters = names.map { Parameter.labelled($0, .any, "") }
    var registry = CommandRegistry()
    registry.register(.function("run", parameters, "") { _ in .void })
    let text = Session(registry: registry).answer("run(\(word): 1)")
    #expect(text.hasSuffix("help: did you mean '\(meant)'?"))
  }

  @Test func farSpellingIsNotSuggested() {
    #expect(!Toy.session().answer("load(\"toy\").generate(\"x\", banana: 1)").contains("did you mean"))
  }
}
