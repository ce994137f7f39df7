import CommandLanguage
import Figures

/// Charts and tables of plain numbers, and checks of an answer.
enum FigureCommands {
  static let all: [Command] = [plot, histogram, bars, heatmap, table, show, check]

  private static let title = Parameter.labelled("title", .string, default: "", "Stands above the figure.")

  private static let plot = Command.function(
    "plot",
    [
      .unlabelled("values", .array(of: .double), "The numbers, one after the other."), title,
      .labelled("smoothing", .double, default: 0, in: 0.0..<1.0, "How much the line follows what came before."),
    ],
    returns: "Figure", "Draws numbers as a line.", example: "plot([3, 1, 2], title: \"Loss\")"
  ) { call in
    let values = exponentialMovingAverage(call.doubles("values"), smoothing: call.double("smoothing"))
    return FigureValue(
      LineChart(series: [LineChart.Series(name: "", values: values)], title: call.string("title"))
    ).value
  }

  private static let histogram = Command.function(
    "histogram",
    [
      .labelled("of", .oneOf([.object("Weight"), .object("Matrix"), .array(of: .double)]), "The numbers."),
      .labelled("bins", .optional(.int), in: 1...1000, "How many bars."), title,
    ],
    returns: "Figure", "Shows how numbers are distributed.", example: "histogram(of: [1, 2, 2, 3])"
  ) { call in
    FigureValue(Histogram(of: numbers(call.value("of")), bins: call.optionalInt("bins"), title: call.string("title")))
      .value
  }

  private static let bars = Command.function(
    "bars", [.unlabelled("values", .dictionary, "Names and their numbers."), title], returns: "Figure",
    "Draws one bar for each name.", example: "bars([\"q4_0\": 4.5, \"nf4\": 4.127])"
  ) { call in
    let entries = call.dictionary("values").entries.map { (name: $0.key.description, value: $0.value.number ?? .nan) }
    return FigureValue(BarChart(entries, title: call.string("title"), valueTitle: "")).value
  }

  private static let heatmap = Command.function(
    "heatmap", [.labelled("of", .oneOf([.object("Weight"), .object("Matrix")]), "The numbers."), title],
    returns: "Figure", "Draws a matrix as colours.", example: "heatmap(of: load(\"smollm2-135m\")[\"blk.0.attn_k\"])"
  ) { call in
    let weight = call.value("of").object(as: WeightValue.self)
    let shown = weight?.matrix ?? call.object("of", as: MatrixValue.self)
    return FigureValue(
      Heatmap(
        Figures.Matrix(rows: shown.rows, columns: shown.columns, values: shown.values.map(Double.init)),
        colors: .diverging, title: call.string("title"))
    ).value
  }

  private static let table = Command.function(
    "table", [.unlabelled("rows", .array(of: .dictionary), "Rows with the same names."), title], returns: "Figure",
    "Shows rows as a table.", example: "table([[\"format\": \"nf4\", \"bits\": 4.127]])"
  ) { call in
    let rows = call.array("rows").compactMap(\.dictionary)
    var names: [String] = []
    for name in rows.flatMap(\.keys).map(\.description) where !names.contains(name) { names.append(name) }
    return FigureValue(
      Table(
        title: call.string("title"), columns: names.map { Table.Column($0) },
        rows: rows.map { row in names.map { cell(row[$0]) } })
    ).value
  }

  private static func cell(_ value: Value?) -> Table.Value {
    switch value {
    case .int(let value): .integer(value)
    case .double(let value): .number(value)
    case .null, nil: .missing
    case .some(let value): .text(value.description)
    }
  }

  private static let show = Command.function(
    "show", [.unlabelled("value", .any, "What to show.")], "Shows a value in the middle of a cell.",
    example: "show(1 + 1)", neighbours: ["IPython": "display"]
  ) { call in
    _ = call.output.display(call.value("value").display())
    return .void
  }

  private static let check = Command.function(
    "check",
    [
      .unlabelled("expected", .string, "The answer, as a text so that it is not computed by accident."),
      .unlabelled("answer", .double, "What was found."),
      .labelled("tolerance", .double, default: 0.001, in: 0.0..., "How far off it may be."),
    ],
    "Says whether an answer is right; a wrong one is an error.", example: "check(\"4.127\", 4.127)"
  ) { call in
    let text = call.string("expected")
    guard let expected = Double(text) else { throw CheckWithoutNumber(text: text) }
    let (answer, tolerance) = (call.double("answer"), call.double("tolerance"))
    guard abs(answer - expected) <= tolerance else { throw CheckFailed(answer: answer) }
    call.output.write("\(call.value("answer").description) ✓ within \(tolerance)\n", to: .standardOutput)
    return .void
  }

  private static func numbers(_ value: Value) -> [Float] {
    if let weight = value.object(as: WeightValue.self) { return weight.matrix.values }
    if let matrix = value.object(as: MatrixValue.self) { return matrix.values }
    return (value.array ?? []).compactMap(\.number).map { Float($0) }
  }
}

/// An answer is not what was expected; the expected number is not told.
struct CheckFailed: CommandFailure {
  let answer: Double
  var message: String { "\(answer) is not the answer" }
  var help: String? { "look at the cell above again" }
  var argument: String? { "answer" }
}

/// The expected answer is no number.
struct CheckWithoutNumber: CommandFailure {
  let text: String
  var message: String { "'\(text)' is no number" }
  var help: String? { "write the expected number as a text: check(\"4.127\", bits)" }
  var argument: String? { "expected" }
}
