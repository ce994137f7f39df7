import Datasets
import JSONValue
import TestSupport
import Testing

struct DatasetTests {
  private let numbers = Dataset(texts: (0..<1003).map { String($0) })

  private func order(_ dataset: Dataset) throws -> [Int] { try dataset.rows.compactMap { Int(try $0.text) } }

  @Test func partsOfRows() throws {
    #expect(try order(numbers.prefix(3)) == [0, 1, 2])
    #expect(try order(numbers.suffix(2)) == [1001, 1002])
    #expect(try order(numbers.dropFirst(1000).dropFirst()) == [1001, 1002])
    #expect(numbers.prefix(5000).count == 1003)
    #expect(numbers.prefix(-1).count == 0)
    #expect(try order(numbers.filter { try $0.text.hasSuffix("00") }.dropFirst(7)) == [800, 900, 1000])
    #expect(try order(numbers.suffix(3).prefix(2)) == [1000, 1001])
    #expect(numbers.suffix(3).row(1).number == 1001)
  }

  @Test func mappingMakesNewRows() throws {
    let rows = try numbers.prefix(2).map { ["length": 1, "text": .string("<\(try $0.text)>")] }
    #expect(rows.columns == ["text", "length"])
    #expect(rows.rows.map(\.values) == [["text": "<0>", "length": 1], ["text": "<1>", "length": 1]])
  }

  @Test func columnsAreChosenAndRenamed() throws {
    let rows = try Dataset(rows: [["review": "good", "stars": 5, "text": "old"]])
    let renamed = try rows.renaming("review", to: "text")
    #expect(renamed.row(0).values == ["text": "good", "stars": 5])
    #expect(try rows.selecting(["stars", "review"]).columns == ["stars", "review"])
    #expect(throws: DatasetError.noColumn(name: "label", columns: ["text", "review", "stars"])) {
      try rows.selecting(["label"])
    }
  }

  @Test func rowsInPlaceHaveTheSameColumns() {
    let expected = DatasetError.unevenRow(row: 1, missing: ["label"], extra: ["lable"])
    #expect(throws: expected) { try Dataset(rows: [["text": "a", "label": 1], ["text": "b", "lable": 0]]) }
    #expect(expected.description == "row 1 differs from row 0: it lacks label and it has lable, which row 0 has not")
  }

  @Test func shufflingIsThatOfHuggingFace() throws {
    let fixture = try #require(try Fixtures.json("draws.json")["rows"])
    for item in try #require(fixture["shuffled"]?.array) {
      let shuffled = try order(numbers.shuffled(seed: UInt64(try #require(item["seed"]?.integer))))
      try expect(shuffled, item)
    }
  }

  @Test func splittingIsThatOfHuggingFace() throws {
    let splits = try #require(try Fixtures.json("draws.json")["rows"]?["splits"]?.array)
    #expect(splits.count == 4)
    for item in splits {
      let parts = try numbers.split(
        validation: try #require(item["validation"]?.number), seed: UInt64(try #require(item["seed"]?.integer)))
      #expect(parts.train.count == item["train_count"]?.integer)
      #expect(parts.validation.count == item["held_count"]?.integer)
      try expect(try order(parts.train), try #require(item["train"]))
      try expect(try order(parts.validation), try #require(item["held"]))
    }
  }

  @Test func splitsThatLeaveNothingAreErrors() {
    for share in [0, 1, -0.1, 2, .nan] {
      #expect(throws: DatasetError.self) { try numbers.split(validation: share) }
    }
    let one = Dataset(texts: ["a"])
    #expect(throws: DatasetError.splitLeavesNothing(part: "training", rows: 1, validation: 0.5)) {
      try one.split(validation: 0.5)
    }
    #expect(throws: DatasetError.splitLeavesNothing(part: "validation", rows: 0, validation: 0.5)) {
      try one.prefix(0).split(validation: 0.5)
    }
  }

  @Test func oneLabelOnlyIsPointedOut() throws {
    let sorted = try Dataset(rows: (0..<400).map { ["text": "t", "label": .integer($0 < 200 ? 0 : 1)] })
    let warning = try #require(sorted.prefix(200).singleLabelWarning())
    #expect(warning.description == "all 200 rows have label 0: the file is sorted by label")
    #expect(warning.help == "shuffle before you take a part: .shuffled(seed: 42).prefix(200)")
    #expect(sorted.singleLabelWarning() == nil)
    #expect(sorted.shuffled(seed: 42).prefix(200).singleLabelWarning() == nil)
    #expect(sorted.prefix(1).singleLabelWarning() == nil)
    #expect(sorted.prefix(9).singleLabelWarning(column: "other") == nil)
    let alone = try #require(try Dataset(rows: [["label": "x"], ["label": "x"]]).singleLabelWarning())
    #expect(alone.description == "all 2 rows have label x")
    #expect(alone.help == nil)
  }

  @Test func previewIsShort() throws {
    let rows = try Dataset(rows: [
      ["text": .string("a\nb" + String(repeating: "é", count: 300)), "label": 1], ["text": "c", "label": 0],
    ])
    let preview = rows.preview(1, width: 10)
    #expect(preview.columns == ["text", "label"])
    #expect(preview.rows == [["a béééééé…", "1"]])
    #expect(preview.count == 2)
  }

  private func expect(_ order: [Int], _ fixture: JSONValue) throws {
    #expect(Array(order.prefix(12)) == (try #require(fixture["first"]?.array)).compactMap(\.integer))
    #expect(Array(order.suffix(12)) == (try #require(fixture["last"]?.array)).compactMap(\.integer))
    #expect(order.enumerated().reduce(0) { $0 + ($1.offset + 1) * $1.element } == fixture["sum"]?.integer)
  }
}
