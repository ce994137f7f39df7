import Datasets
import JSONValue
import Testing

struct CSVTests {
  private func rows(_ text: String) throws -> [[String: JSONValue]] {
    try withFile(text) { try Dataset(path: $0).rows.map(\.values) }
  }

  @Test func quotesLineBreaksAndCommas() throws {
    let text = "text,label\n\"one, \"\"two\"\"\nthree\",1\nplain \"quoted\" text,0\n\"\",1\n"
    #expect(
      try rows(text) == [
        ["text": "one, \"two\"\nthree", "label": 1], ["text": "plain \"quoted\" text", "label": 0],
        ["text": "", "label": 1],
      ])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func lineEndings(end: String) throws {
    let text = ["text,label", "a,1", "", "\"b\r\nc\",2"].joined(separator: end)
    let expected: [[String: JSONValue]] = [["text": "a", "label": 1], ["text": "b\r\nc", "label": 2]]
    #expect(try rows(text) == expected)
    #expect(try rows(text + end) == expected)
    #expect(try rows("\u{feff}" + text) == expected)
  }

  @Test func kindsOfColumns() throws {
    let text = "text,whole,part,code,gap,mixed\n1,-5,0.5,007,3,1\n2,12,-2e3,010,,x\n"
    #expect(
      try rows(text) == [
        ["text": "1", "whole": -5, "part": 0.5, "code": "007", "gap": 3, "mixed": "1"],
        ["text": "2", "whole": 12, "part": -2000.0, "code": "010", "gap": nil, "mixed": "x"],
      ])
  }

  @Test func tabsAndColumnsWithoutAName() throws {
    let rows = try withFile("\ttext\n0\ta,b\n", extension: "tsv") { try Dataset(path: $0).rows.map(\.values) }
    #expect(rows == [["Unnamed: 0": 0, "text": "a,b"]])
  }

  @Test func aHeaderAloneHasNoRows() throws {
    #expect(try withFile("text,label\n") { try Dataset(path: $0).count } == 0)
  }

  /// Each way in which a file can be wrong, with the message behind its name.
  @Test(arguments: [
    ("text,label\n\"never closed,1\na,2\n", ", line 2: a field begins with a quotation mark that is never closed"),
    (
      "text,label\na,1\n\"b\"c,2\n",
      ", line 3: 'c' stands behind a closing quotation mark; a comma or a new line was expected"
    ),
    ("text,label\r\n\"x\r\ny\",1\r\na,1,2\r\n", ", line 4: 3 fields where the header has 2"),
    ("text,label\na\n", ", line 2: 1 fields where the header has 2"),
    ("text,label,text\n", ", line 1: two columns are named 'text'"),
    ("\n\n", " is empty; a header with the names of the columns was expected"),
    ("", " is empty; a header with the names of the columns was expected"),
  ])
  func wrongFiles(text: String, message: String) throws {
    try withFile(text) { path in
      let error = #expect(throws: DatasetError.self) { try Dataset(path: path) }
      #expect(error?.description.hasSuffix(".csv" + message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func hugeFieldsAreRefused() throws {
    try withFile("text\n" + String(repeating: "x", count: (16 << 20) + 1)) { path in
      let error = #expect(throws: DatasetError.self) { try Dataset(path: path) }
      #expect(
        error?.description.hasSuffix("line 2: a field has 16777217 bytes, more than the 16777216 that are allowed")
          == true)
    }
  }

  @Test(arguments: [
    [0xff], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80],
  ])
  func invalidUTF8NamesTheLine(bytes: [UInt8]) throws {
    let file = Array("text\nGrüße €🙂\nabcdefgh".utf8) + bytes + Array("\n".utf8)
    try withFile(file) { path in
      let error = #expect(throws: DatasetError.self) { try Dataset(path: path) }
      #expect(error?.description.contains("line 3: the text is not UTF-8 (byte 29 of the file)") == true)
    }
  }

  @Test func missingFilesAndUnknownKinds() throws {
    #expect(throws: DatasetError.unreadable(path: "/no/such.csv", reason: "there is no such file")) {
      try Dataset(path: "/no/such.csv")
    }
    #expect(throws: DatasetError.unreadable(path: "/tmp", reason: "it is a folder")) { try Dataset.csv(path: "/tmp") }
    #expect(throws: DatasetError.unknownFormat(path: "a.arrow", known: Dataset.knownFormats)) {
      try Dataset(path: "a.arrow")
    }
  }
}
