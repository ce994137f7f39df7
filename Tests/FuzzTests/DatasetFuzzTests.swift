import Datasets
import Foundation
import TensorCore
import TestSupport
import Testing

/// Damaged tables and JSON lines.
struct DatasetFuzzTests {
  private static let csv = #"""
    text,label,source
    "A fine film, ""really""",1,imdb
    "Two
    lines",0,imdb
    Naïve 🎬,1,own

    """#
  private static let lines = """
    {"text": "A fine film", "label": 1, "words": ["a", "b"]}
    {"text": "Na\\u00efve \\ud83c\\udfac", "label": 0.5e1, "more": {"x": null}}

    """

  @Test(arguments: ["csv", "jsonl"]) func rows(_ kind: String) async {
    if kind == "csv" {
      await #expect(processExitsWith: .success) { try Self.read(kind: "csv", sample: Self.csv, stream: 5) }
    } else {
      await #expect(processExitsWith: .success) { try Self.read(kind: "jsonl", sample: Self.lines, stream: 6) }
    }
  }

  @Test(arguments: ["none-v1-plain", "snappy-v2-dictionary", "gzip-v1-plain", "zstd-v1-dictionary", "delta-prefixes"])
  func parquet(_ name: String) async {
    // A test that ends in a process of its own can capture no argument.
    switch name {
    case "none-v1-plain":
      await #expect(processExitsWith: .success) { try Self.readParquet("none-v1-plain", stream: 7) }
    case "snappy-v2-dictionary":
      await #expect(processExitsWith: .success) { try Self.readParquet("snappy-v2-dictionary", stream: 8) }
    case "gzip-v1-plain":
      await #expect(processExitsWith: .success) { try Self.readParquet("gzip-v1-plain", stream: 9) }
    case "zstd-v1-dictionary":
      await #expect(processExitsWith: .success) { try Self.readParquet("zstd-v1-dictionary", stream: 10) }
    default:
      await #expect(processExitsWith: .success) { try Self.readParquet("delta-prefixes", stream: 11) }
    }
  }

  private static func readParquet(_ name: String, stream: UInt64) throws {
    let folder = try TemporaryFolder()
    let fuzzer = Fuzzer(
      samples: [try Fixtures.bytes("datasets/parquet/\(name).parquet")],
      words: ["PAR1", "\u{15}\u{0}", "\u{15}\u{2}", "\u{7f}\u{7f}\u{7f}\u{7f}"], stream: stream)
    try fuzzer.run(isExpected: { $0 is DatasetError }) { bytes in
      try folder.write(bytes, to: "rows.parquet")
      let rows = try Dataset(path: folder.path + "/rows.parquet")
      for row in rows.rows { _ = row.values }
    }
  }

  private static func read(kind: String, sample: String, stream: UInt64) throws {
    let folder = try TemporaryFolder()
    let fuzzer = Fuzzer(
      samples: [Array(sample.utf8)], words: ["\"\"", "\",\"", "\r\n", "[[[[[[", "{\"a\":", "\\ud800", "\u{feff}"],
      stream: stream)
    try fuzzer.run(isExpected: { $0 is DatasetError || $0 is FileError }) { bytes in
      try folder.write(bytes, to: "rows.\(kind)")
      let rows = try Dataset(path: folder.path + "/rows.\(kind)")
      _ = rows.shuffled(seed: 1).preview(3, width: 40)
    }
  }
}
