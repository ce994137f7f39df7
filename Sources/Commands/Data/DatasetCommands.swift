import CommandLanguage
import Datasets
import Figures
import Foundation
import Hub
import JSONValue

/// Rows of text: where they come from and how they are chosen.
enum DatasetCommands {
  static let all: [Command] = [dataset] + choosing + changing + rowMembers + TokenPreviewCommands.all

  private static let dataset = Command.function(
    "dataset",
    [
      .unlabelled(
        "rows", .oneOf([.path, .array(of: .dictionary)]),
        "\"imdb\", the path of a .parquet, .jsonl, .json, .csv or .tsv file, a name of the hub such as \"user/repo\", or rows written in place."
      ),
      .labelled("split", .symbol(Symbols.splits), default: .symbol(Symbol("train")), "Which part of a known data set."),
    ],
    returns: "Dataset", "Opens rows of text.",
    discussion: """
      `imdb` is the 25,000 reviews of IMDB's training part with label 0 (negative) or 1 (positive), sorted by label: the copy that \
      'make data' fetches, otherwise the hub's; .test is the hub's. Text files may be packed by gzip. What training makes of \
      columns such as text, prompt and completion, or messages, `model.preview(of:)` shows.
      """,
    example: "dataset([[\"text\": \"A fine film.\", \"label\": 1]])", neighbours: ["HF": "load_dataset"],
    source: "Maas et al., Learning Word Vectors for Sentiment Analysis, 2011"
  ) { call in
    let value = call.value("rows")
    if let rows = value.array {
      return DatasetValue(try Dataset(rows: rows.map(columns))).value
    }
    let name = value.string ?? ""
    let split = call.symbol("split").name
    guard name == "imdb" || name == "stanfordnlp/imdb" else {
      return DatasetValue(try Dataset(paths: files(of: name, split: split, call))).value
    }
    return DatasetValue(try imdb(split: split, call)).value
  }

  /// The copy that set-up fetched, when there is one of that part, or else what the hub has.
  private static func imdb(split: String, _ call: Invocation) throws -> Dataset {
    if split == "train", FileManager.default.fileExists(atPath: QuillHome.imdb) {
      return try Dataset.imdb(path: QuillHome.imdb)
    }
    do {
      return try Dataset(paths: files(of: "stanfordnlp/imdb", split: split, call))
    } catch let error as HubError where split == "train" {
      throw DataNotFetched(path: QuillHome.imdb, hubError: error)
    }
  }

  /// The file at that path, or else the files of the hub's data set of that name.
  private static func files(of name: String, split: String, _ call: Invocation) throws -> [String] {
    let path = (name as NSString).expandingTildeInPath
    guard !FileManager.default.fileExists(atPath: path), let repository = HubRepository(parsing: name, kind: .dataset)
    else { return [path] }
    return try HubCommands.dataFiles(repository, split: split, call)
  }

  private static func columns(_ row: Value) throws -> [String: JSONValue] {
    guard case .object(let members)? = row.json else { throw RowIsNoText(row: row.debugText) }
    return members
  }

  private static let count = Parameter.unlabelled("count", .int, in: 0..., unit: "rows", "How many rows.")

  private static let choosing: [Command] = [
    .method(
      "prefix", of: DatasetValue.self, [count], returns: "Dataset", "The first rows.", neighbours: ["HF": "take"]
    ) { DatasetValue($0.dataset.prefix($1.int("count"))).value },
    .method("suffix", of: DatasetValue.self, [count], returns: "Dataset", "The last rows.") {
      DatasetValue($0.dataset.suffix($1.int("count"))).value
    },
    .method(
      "dropFirst", of: DatasetValue.self, [.unlabelled("count", .int, default: 1, in: 0..., "How many rows.")],
      returns: "Dataset", "All rows but the first.", neighbours: ["HF": "skip"]
    ) { DatasetValue($0.dataset.dropFirst($1.int("count"))).value },
    .method(
      "shuffled", of: DatasetValue.self,
      [.labelled("seed", .int, default: 42, in: 0..., "The same seed gives the order of Hugging Face datasets.")],
      returns: "Dataset", "The same rows in another order.",
      example: "dataset([[\"text\": \"a\"], [\"text\": \"b\"]]).shuffled(seed: 42)", neighbours: ["HF": "shuffle"]
    ) { DatasetValue($0.dataset.shuffled(seed: UInt64($1.int("seed")))).value },
    .method(
      "split", of: DatasetValue.self,
      [
        .labelled(
          "validation", .double, default: 0.1, in: 0.0...1.0, neighbours: ["HF": "test_size"],
          "The share of rows that is held out."),
        .labelled("seed", .int, default: 0, in: 0..., "The same seed gives the rows of Hugging Face datasets."),
      ],
      returns: .any, "Two parts: `.train` and `.validation`.", neighbours: ["HF": "train_test_split"]
    ) { value, call in
      let parts = try value.dataset.split(
        validation: call.double("validation"), seed: UInt64(call.int("seed")))
      return .tuple([
        TupleElement("train", DatasetValue(parts.train).value),
        TupleElement("validation", DatasetValue(parts.validation).value),
      ])
    },
  ]

  private static let changing: [Command] = [
    .method(
      "filter", of: DatasetValue.self, [.unlabelled("isIncluded", .closure, "Says of a row whether to keep it.")],
      returns: "Dataset", "The rows for which a function is true.",
      example: "dataset([[\"text\": \"a\", \"label\": 1]]).filter { $0[\"label\"] == 1 }"
    ) { value, call in
      let isIncluded = call.closure("isIncluded")
      let kept = try value.dataset.filter { row in
        try call.checkCancellation()
        guard let answer = try isIncluded(RowValue(row: row).value).bool else { throw FilterWithoutAnswer() }
        return answer
      }
      return DatasetValue(kept).value
    },
    .method(
      "map", of: DatasetValue.self,
      [.unlabelled("transform", .closure, "Makes a new row, as [\"text\": …], of a row.")], returns: "Dataset",
      "New rows made of these.",
      example: "dataset([[\"text\": \"a\"]]).map { [\"text\": \"Review: \" + $0.text] }"
    ) { value, call in
      let transform = call.closure("transform")
      let rows = try value.dataset.map { row in
        try call.checkCancellation()
        return try columns(transform(RowValue(row: row).value))
      }
      return DatasetValue(rows).value
    },
    .method(
      "renaming", of: DatasetValue.self,
      [
        .unlabelled("column", .string, "The column's name now."), .labelled("to", .string, "Its name from here on."),
      ],
      returns: "Dataset", "The same rows with a column called otherwise.",
      example: "dataset([[\"review\": \"a\"]]).renaming(\"review\", to: \"text\")", neighbours: ["HF": "rename_column"]
    ) { value, call in
      let (column, columns) = (call.string("column"), value.dataset.columns)
      guard columns.contains(column) else { throw UnknownColumn(name: column, columns: columns) }
      return DatasetValue(try value.dataset.renaming(column, to: call.string("to"))).value
    },
    .method(
      "preview", of: DatasetValue.self, [.unlabelled("count", .int, default: 5, in: 1...1000, "How many rows.")],
      returns: "Figure", "Shows the first rows as a table.",
      example: "dataset([[\"text\": \"A fine film.\", \"label\": 1]]).preview(1)"
    ) { value, call in
      let preview = value.dataset.preview(call.int("count"), width: 160)
      return FigureValue(
        Table(
          title: "", columns: preview.columns.map { Table.Column($0) }, rows: preview.rows.map { $0.map { .text($0) } },
          note: "\(NumberText.count(preview.rows.count)) of \(NumberText.count(value.dataset.count)) rows")
      ).value
    },
  ]

  private static let rowMembers: [Command] = [
    .property("text", of: RowValue.self, returns: .string, "The row's text.") { try $0.row.text.value },
    .subscript(
      of: RowValue.self, [.unlabelled("column", .string, "The column's name.")], returns: .any, "A column of the row."
    ) { value, call in
      guard let cell = value.row[call.string("column")] else {
        throw UnknownColumn(name: call.string("column"), columns: value.row.columns)
      }
      return cell.value
    },
  ]
}

/// IMDB's reviews are neither where set-up puts them nor to be had from the hub.
struct DataNotFetched: CommandFailure {
  let path: String
  let hubError: HubError
  var message: String { "the IMDB reviews are not at \(path), and the hub did not give them: \(hubError)" }
  var help: String? { "'make data' fetches them; or give the path of a .parquet, .csv or .jsonl file" }
  var argument: String? { "rows" }
}

/// What should be a row is no dictionary of plain values.
struct RowIsNoText: CommandFailure {
  let row: String
  var message: String { "a row is a dictionary of texts and numbers, not \(row)" }
  var help: String? { "write [\"text\": \"…\", \"label\": 1]" }
}

/// A filter's function returned no Bool.
struct FilterWithoutAnswer: CommandFailure {
  var message: String { "the function of 'filter' must return true or false" }
  var help: String? { "for example filter { $0[\"label\"] == 1 }" }
}

/// A row has no column of that name.
struct UnknownColumn: CommandFailure {
  let name: String
  let columns: [String]
  var message: String { "there is no column '\(name)'" }
  var help: String? { "the columns are \(columns.joined(separator: ", "))" }
  var argument: String? { "column" }
}
