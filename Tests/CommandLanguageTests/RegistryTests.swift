import CommandLanguage
import JSONValue
import Testing

struct RegistryTests {
  static let examples = Toy.registry.commands.filter { !$0.example.isEmpty }

  @Test(arguments: examples.map(\.qualifiedName).indices)
  func exampleRuns(index: Int) throws {
    let command = Self.examples[index]
    #expect(throws: Never.self, "\(command.qualifiedName)") {
      try Toy.session().execute(cell: command.example, number: 1, output: RecordingOutput())
    }
  }

  @Test func everyCommandSaysWhatItDoes() {
    for command in CommandRegistry.language.commands {
      #expect(command.summary.hasSuffix("."), "\(command.qualifiedName)")
      for parameter in command.parameters { #expect(parameter.summary.hasSuffix("."), "\(command.qualifiedName)") }
    }
  }

  @Test func laterRegistrationReplaces() {
    var registry = Toy.registry
    registry.register(.function("load", [], returns: .int, "Loads a number.") { _ in 7 })
    #expect(Session(registry: registry).answer("load()") == "7")
    #expect(registry.commands(named: "load").count == 1)
  }

  @Test func argumentsArriveCheckedAndConverted() throws {
    let choice = SymbolSet(
      "Choice", "Of two.", [SymbolCase("a", "One."), SymbolCase("b", "Two.", [.unlabelled("n", .int, "N.")])])
    var registry = CommandRegistry()
    registry.register(
      .function(
        "probe",
        [
          .unlabelled("x", .double, "X."), .labelled("n", .optional(.int), "N."),
          .labelled("list", .array(of: .int), default: [], "List."),
          .labelled("way", .oneOf([.symbol(choice), .string]), default: "none", "Way."),
          .labelled("names", .array(of: .symbol(choice)), default: .array([.symbol(Symbol("a"))]), "Names."),
        ], returns: .any, "Gives its arguments back."
      ) { call in
        let way = call.value("way").symbol.map { "\($0.name):\($0.arguments["n"])" } ?? call.string("way")
        let names = call.symbols("names").map(\.name).joined()
        return .string(
          "\(call.double("x")) \(call.optionalInt("n").map(String.init) ?? "-") \(call.ints("list")) \(way) \(names) \(call.arguments.given)"
        )
      })
    let session = Session(registry: registry)
    #expect(session.answer("probe(1)").contains("1.0 - [] none a [\\\"x\\\"]"))
    #expect(session.answer("probe(1, n: 2, list: 1...3)").contains("1.0 2 [1, 2, 3] none a"))
    #expect(session.answer("probe(1, n: nil, way: .b(4), names: [.b(1), .a])").contains("1.0 - [] b:4 ba"))
    #expect(session.answer("probe(1, way: \"text\")").contains("text"))
    #expect(session.answer("probe(1, way: 3)").contains("'way' takes a Choice such as .a or a String, not the Int 3"))
    #expect(session.answer("probe(1, names: [.c])").contains("'names' takes a Choice, and '.c' is none"))
    #expect(session.answer("probe(1, names: [.b])").contains("'.b' needs 'n', an Int"))
    #expect(session.answer("probe(1, list: [1, 2.5])").contains("'list' takes an Int, not the Double 2.5"))
  }

  @Test func resultsShowEveryMimeType() throws {
    let value = try Toy.session().execute(cell: "load(\"toy\")", number: 1, output: RecordingOutput())
    #expect(value?.display() == ["text/plain": "Model(f32)", "text/html": "<b>Model(f32)</b>"])
    #expect(Value.array([1, "a"]).display() == ["text/plain": "[1, \"a\"]"])
  }

  @Test func outputGoesToTheOutput() throws {
    let output = RecordingOutput(answers: ["Ada"])
    let session = Toy.session()
    try session.execute(
      cell: "print(readLine(\"name? \"))\nprint(\"w\", to: .stderr)\nclearOutput(wait: true)", number: 1, output: output
    )
    #expect(output.events == [.text("Ada\n", .standardOutput), .text("w\n", .standardError), .clear(wait: true)])
    #expect(session.answer("readLine()").contains("error: there is nobody to ask"))
  }

  @Test func directivesShow() throws {
    let session = Toy.session()
    let output = RecordingOutput()
    try session.execute(cell: "let b = 2.5\nlet a = [1]\n%who", number: 1, output: output)
    #expect(output.displays == ["a: [Int]\nb: Double"])
    let timed = RecordingOutput()
    #expect(try session.execute(cell: "%time 6 * 7", number: 2, output: timed) == 42)
    #expect(timed.displays.count == 1 && timed.displays[0].hasPrefix("time: "))
    let list = RecordingOutput()
    try session.execute(cell: "%lsmagic", number: 3, output: list)
    #expect(list.displays == ["%lsmagic  %reset  %time  %who"])
  }
}
