import Datasets
import Foundation
import JSONValue
import TestSupport
import Testing

/// JSON lists, and text files packed by gzip.
struct PackedFileTests {
  /// `{"text": "a"}` and `{"text": "b"}` in two lines, by gzip; the second member of the file is the second line.
  private static let lines = """
    H4sIAAAAAAACA6tWKkmtKFGyUlBKVKrlAgC90iogDgAAAB+LCAAAAAAAAgOrVipJrShRslJQSlKq5QIAU32fMg4AAAA=
    """

  @Test func listsOfObjects() throws {
    let rows = try withFile(#" [{"text": "a", "label": 1}, {"text": "b"}]"#, extension: "json") {
      try Dataset(path: $0)
    }
    #expect(rows.count == 2 && rows.columns == ["text", "label"])
    #expect(rows.row(1)["label"] == .null)
    let lines = try withFile("{\"text\": \"a\"}\n{\"text\": \"b\"}\n", extension: "json") { try Dataset(path: $0) }
    #expect(lines.count == 2)
    try withFile(#"[{"text": "a"}, 3]"#, extension: "json") { path in
      let error = #expect(throws: DatasetError.self) { try Dataset(path: path) }
      #expect(error?.description.contains("element 1: found a number") == true)
    }
    try withFile("[\n{\"text\": }]", extension: "json") { path in
      let error = #expect(throws: DatasetError.self) { try Dataset(path: path) }
      #expect(error?.description.contains("line 2") == true)
    }
  }

  @Test func gzipIsUnpacked() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try #require(Data(base64Encoded: Self.lines)))
    try folder.write(bytes, to: "rows.jsonl.gz")
    let rows = try Dataset(path: folder.path + "/rows.jsonl.gz")
    #expect(try rows.rows.map { try $0.text } == ["a", "b"])
    try folder.write(Array(bytes.dropLast(9)), to: "cut.jsonl.gz")
    #expect(throws: DatasetError.damagedGzip(path: folder.path + "/cut.jsonl.gz")) {
      try Dataset(path: folder.path + "/cut.jsonl.gz")
    }
  }
}
