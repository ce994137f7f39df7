import CommandLanguage
import Foundation
import Testing

struct CompletionTests {
  let session = Toy.session()

  init() {
    session.define("model", Toy.Model().value)
    session.define("data", Toy.Rows().value)
    session.define("losses", [0.5, 0.25])
  }

  /// Completes at the `|` of a cell.
  private func complete(_ marked: String) -> Completion {
    let parts = marked.components(separatedBy: "|")
    return session.complete(parts.joined(), at: parts[0].unicodeScalars.count)
  }

  private func texts(_ marked: String) -> [String] { complete(marked).matches.map(\.text) }

  @Test func names() {
    #expect(texts("mod|") == ["model"])
    #expect(texts("pri|") == ["print"])
    #expect(texts("whi|") == ["while"])
    #expect(texts("let total = 3\ntot|") == ["total"])
    #expect(texts("func helper(_ input: Int) { inp|") == ["input"])
    #expect(texts("|").contains("model") && !texts("|").contains("while"))
  }

  @Test func replacedRangeCountsCodePoints() {
    let completion = complete("\"é日本👩‍👧\"; mod|")
    #expect(completion.range == 10..<13)
    #expect(completion.matches.map(\.text) == ["model"])
  }

  @Test func membersOfTheValueOnly() {
    #expect(texts("model.|") == ["export", "generate", "merged", "quantized", "train"])
    #expect(texts("model.ge|") == ["generate"])
    #expect(texts("model.ge|nerate(\"x\")") == ["generate"])
    #expect(texts("losses.su|") == ["suffix", "sum"])
    #expect(texts("\"text\".upp|") == ["uppercased"])
    #expect(texts("3.5.round|") == ["rounded"])
    #expect(texts("unknown.|") == [])
  }

  @Test func membersOfResults() {
    #expect(texts("model.generate(\"x\").|") == ["text"])
    #expect(texts("load(\"m\").merged().gen|") == ["generate"])
    #expect(texts("let tuned = model.merged()\ntuned.tr|") == ["train"])
    #expect(texts("data[0].|") == ["text"])
    #expect(texts("data.first.te|") == ["text"])
    #expect(texts("model.generate(\"a)\", stop: [\")\"]).te|") == ["text"])
    #expect(texts("[1, 2].map { $0 }.cou|") == ["count"])
    #expect(texts("Double.p|") == ["pi"])
  }

  @Test func membersInsideLoopsAndClosures() {
    #expect(texts("for row in data { row.|") == ["text"])
    #expect(texts("data.map { $0.|") == ["text"])
    #expect(texts("data.map { row in row.t|") == ["text"])
  }

  @Test func labelsNotYetGiven() {
    #expect(Array(texts("model.generate(\"x\", |)").prefix(4)) == ["maxTokens: ", "temperature: ", "topP: ", "stop: "])
    #expect(
      texts("model.generate(\"x\", maxTokens: 3, t|") == ["temperature: ", "topP: ", "tan", "tanh", "type", "true"])
    #expect(texts("model.generate(\"x\", temp|)") == ["temperature: "])
    #expect(!texts("model.generate(\"x\", topP: |").contains("maxTokens: "))
    #expect(!texts("model.generate([1, |").contains("maxTokens: "))
    #expect(texts("model.generate(\"x\", max|") == ["maxTokens: ", "max"])
    let match = complete("model.generate(\"x\", temp|").matches[0]
    #expect(match.kind == .parameter && match.signature == "temperature: Double = 0.8")
  }

  @Test func dottedNames() {
    #expect(texts("model.quantized(to: .|)") == ["f32", "nf4", "int", "q4_K_M"])
    #expect(texts("model.quantized(to: .q|") == ["q4_K_M"])
    #expect(texts("load(\"m\", quantization: .n|)") == ["nf4"])
    #expect(texts("model.quantized(to: .nf4(bl|") == ["blockSize: "])
    #expect(complete("model.quantized(to: .nf|").matches[0].kind == .enum)
  }

  @Test func filesInsideTexts() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quill-completion-\(UUID())")
    try FileManager.default.createDirectory(at: folder.appending(path: "models"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: folder.appending(path: "m.gguf"))
    let path = folder.path()
    #expect(texts("load(\"\(path)/m|\")") == ["\(path)/m.gguf", "\(path)/models/"])
    #expect(texts("load(\"\(path)/m.|") == ["\(path)/m.gguf"])
    #expect(texts("load(\"\(path)/|\")") == ["\(path)/m.gguf", "\(path)/models/"])
    #expect(texts("model.generate(\"\(path)/m|\")") == [])
  }

  @Test func nothingInsideOtherTexts() {
    #expect(texts("print(\"mod|") == [])
    #expect(texts("print(\"mod|\")") == [])
  }

  @Test func directives() {
    #expect(texts("%ti|") == ["%time"])
    #expect(texts("let a = 1\n%|") == ["%lsmagic", "%reset", "%time", "%who"])
  }

  @Test func kindsAndSignatures() {
    let matches = complete("|").matches
    #expect(matches.first { $0.text == "model" }?.kind == .variable)
    #expect(matches.first { $0.text == "model" }?.signature == "model: Model")
    let load = matches.first { $0.text == "load" }
    #expect(load?.kind == .function && load?.summary == "Loads a model.")
    #expect(complete("data[0].te|").matches.first?.kind == .property)
  }

  @Test func cursorOutOfTheCell() {
    #expect(session.complete("mod", at: 99).matches.map(\.text) == ["model"])
    #expect(session.complete("mod", at: -1).range == 0..<0)
  }

  @Test(arguments: [
    ("1 + 1", Completeness.complete), ("", .complete), ("for i in 0..<3 {", .incomplete(indent: "  ")),
    ("func f() {\n  if true {", .incomplete(indent: "    ")), ("print(1,", .incomplete(indent: "  ")),
    ("let x =", .incomplete(indent: "")), ("let t = \"\"\"\nabc", .incomplete(indent: "")),
    ("[1, 2", .incomplete(indent: "  ")),
    ("let s = \"abc", .invalid), ("let ) = 3", .invalid), ("}", .invalid), ("%time 1 + 1", .complete),
    ("load?", .complete), ("rows().map { $0 }", .complete),
  ])
  func completeness(source: String, expected: Completeness) {
    #expect(session.isComplete(source) == expected)
  }
}
