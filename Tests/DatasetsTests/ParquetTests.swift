import Datasets
import Foundation
import JSONValue
import TestSupport
import Testing

/// Parquet files that pyarrow wrote with each setting, `Tests/Fixtures/datasets/parquet`, against the table they hold.
struct ParquetTests {
  private static let files =
    ["none", "snappy", "gzip", "zstd"].flatMap { codec in
      ["v1", "v2"].flatMap { version in ["plain", "dictionary"].map { "\(codec)-\(version)-\($0)" } }
    } + ["delta", "delta-prefixes", "checksums"]

  @Test(arguments: files) func rowsEqualPyArrow(_ name: String) throws {
    let expected = try #require(try Fixtures.json("datasets/parquet/rows.json").array)
    let dataset = try Dataset(path: Fixtures.path("datasets/parquet/\(name).parquet"))
    #expect(dataset.count == expected.count)
    #expect(
      dataset.columns == [
        "text", "label", "small", "unsigned", "flag", "score", "single", "half", "source", "nothing", "code", "day",
        "time", "price", "messages", "tags", "grid", "film",
      ])
    for (index, row) in expected.enumerated() {
      for column in dataset.columns {
        let (found, wanted) = (dataset.row(index)[column], row[column])
        #expect(Self.plain(found) == Self.plain(wanted), "row \(index), column \(column)")
      }
    }
  }

  /// Whole numbers in a column of floats are written 1.0 by one and 1 by the other.
  private static func plain(_ value: JSONValue?) -> JSONValue? {
    if case .integer(let integer) = value { return .number(Double(integer)) }
    return value
  }

  @Test func shardsAreJoinedAndShuffled() throws {
    let paths = ["snappy-v1-plain", "zstd-v2-dictionary"].map { Fixtures.path("datasets/parquet/\($0).parquet") }
    let dataset = try Dataset(paths: paths)
    #expect(dataset.count == 80)
    #expect(try dataset.row(0).text == dataset.row(40).text)
    #expect(try Set(dataset.shuffled(seed: 1).rows.map { try $0.text }).count == 40)
  }

  @Test func conversationsAreRecognised() throws {
    let dataset = try Dataset(path: Fixtures.path("datasets/parquet/zstd-v2-plain.parquet"))
    #expect(try dataset.rowForm.kind == .messages)
    #expect(
      try dataset.rowForm.content(of: dataset.row(2))
        == .messages([
          RowMessage(role: "user", content: "Was it good, 2?"),
          RowMessage(role: "assistant", content: dataset.row(2).text),
        ]))
  }

  @Test func unknownCodecIsNamed() throws {
    let error = #expect(throws: DatasetError.self) {
      try Dataset(path: Fixtures.path("datasets/parquet/lz4.parquet"))
    }
    #expect(error?.description.hasPrefix("lz4.parquet, column 'text', row group 0: pages compressed with LZ4") == true)
    #expect(error?.help?.contains("zstd") == true)
  }

  @Test func damageIsToldWithItsPlace() throws {
    let bytes = try Fixtures.bytes("datasets/parquet/checksums.parquet")
    let folder = try TemporaryFolder()
    func error(_ bytes: [UInt8]) throws -> DatasetError? {
      try folder.write(bytes, to: "rows.parquet")
      return #expect(throws: DatasetError.self) { try Dataset(path: folder.path + "/rows.parquet") }
    }
    var flipped = bytes
    flipped[120] ^= 0xff
    guard case .parquet(_, let place, .wrongChecksum) = try error(flipped) else {
      Issue.record("a flipped byte is not noticed")
      return
    }
    #expect(place.column == "text" && place.rowGroup == 0 && place.page != nil)
    #expect(try error(Array(bytes.dropLast())) == .parquet(file: "rows.parquet", place: .init(), fault: .noMagic))
    #expect(try error([]) == .parquet(file: "rows.parquet", place: .init(), fault: .noMagic))
    var long = bytes
    long.replaceSubrange(bytes.count - 8..<bytes.count - 4, with: [0xff, 0xff, 0xff, 0x7f])
    guard case .parquet(_, _, .footerLength) = try error(long) else {
      Issue.record("a footer longer than the file is not noticed")
      return
    }
  }
}
