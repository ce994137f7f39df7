import Datasets
import JSONValue
import Testing

struct JSONLinesTests {
  private func load(_ text: String) throws -> Dataset {
    try withFile(text, extension: "jsonl") { try Dataset(path: $0) }
  }

  @Test func objectsBecomeRows() throws {
    let rows = try load("{\"label\": 1, \"text\": \"Grüße \\u00e9\\n\"}\r\n\n{\"text\": \"b\", \"score\": 0.5}")
    #expect(rows.columns == ["text", "label", "score"])
    #expect(
      rows.rows.map(\.values) == [
        ["text": "Grüße é\n", "label": 1, "score": nil], ["text": "b", "label": nil, "score": 0.5],
      ])
  }

  @Test func nestedValuesAreKept() throws {
    let rows = try load("\u{feff}{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"ok\": true}")
    #expect(rows.row(0)["messages"]?[0]?["role"] == "user")
    #expect(rows.row(0)["ok"] == true)
    #expect(throws: DatasetError.noColumn(name: "text", columns: ["messages", "ok"])) { try rows.row(0).text }
    #expect(throws: DatasetError.notText(column: "ok", row: 0, found: "a truth value")) {
      try rows.row(0).text(in: "ok")
    }
  }

  @Test func wrongLinesAreNamed() throws {
    let broken = #expect(throws: DatasetError.self) { try load("{\"text\": \"a\"}\n\n{\"text\": \"b\",,}\n") }
    #expect(broken?.description.contains(", line 3: this is not JSON: ") == true)
    let list = #expect(throws: DatasetError.self) { try load("{\"text\": \"a\"}\n[1]\n") }
    #expect(
      list?.description.hasSuffix("line 2: found a list where an object such as {\"text\": \"…\"} was expected") == true
    )
  }
}
