import Foundation
import JSONValue

/// The rows of a Parquet file: unpacked pages and where each value is.
///
/// Everything is checked when the file is opened; texts become strings when a row is looked at.
struct ParquetRows: RowStorage {
  let columns: [String]
  let count: Int
  private let fields: [ParquetSchema.Field]
  private let leaves: [ParquetColumn]
  private let conversions: [ParquetConversion]

  /// - Throws: ``DatasetError/parquet(file:place:fault:)`` with the column, row group and page where the file is wrong.
  init(_ data: Data, file name: String) throws(DatasetError) {
    var place = ParquetPlace()
    do {
      self = try data.withUnsafeBytes { try Self(ParquetFile($0), &place) }
    } catch let fault as ParquetFault {
      throw .parquet(file: name, place: place, fault: fault)
    } catch let failure as ThriftReader.Failure {
      throw .parquet(file: name, place: place, fault: .thrift(reason: failure.reason))
    } catch {
      preconditionFailure("reading throws ParquetFault only, not \(error)")
    }
  }

  private init(_ file: ParquetFile, _ place: inout ParquetPlace) throws {
    let schema = try ParquetSchema(file.footer.schema)
    var leaves: [ParquetColumn] = []
    for (number, leaf) in schema.leaves.enumerated() {
      place = ParquetPlace(column: leaf.path)
      var column = try ParquetColumn(leaf)
      for (index, group) in file.footer.rowGroups.enumerated() {
        place.rowGroup = index
        guard group.columns.count == schema.leaves.count else {
          throw ParquetFault.wrongCount(what: "columns", found: group.columns.count, expected: schema.leaves.count)
        }
        var reader = try ParquetChunkReader(file, group.columns[number])
        do {
          try reader.read(into: &column)
        } catch {
          place.page = reader.page
          throw error
        }
      }
      place.rowGroup = nil
      try column.finish(rowCount: file.footer.rowCount)
      leaves.append(column)
    }
    columns = schema.fields.map(\.name)
    count = file.footer.rowCount
    fields = schema.fields
    self.leaves = leaves
    conversions = schema.leaves.map { ParquetConversion($0.element) }
  }

  func value(row: Int, column: Int) -> JSONValue {
    let field = fields[column]
    return value(of: field, at: { leaves[$0].entries(of: row) })
  }

  // MARK: - Lists and structures

  /// The value of a field, in the entries that each leaf has for it.
  private func value(of field: ParquetSchema.Field, at entries: (Int) -> Range<Int>) -> JSONValue {
    let first = entries(field.leaves.lowerBound)
    guard !first.isEmpty, leaves[field.leaves.lowerBound].definition(first.lowerBound) >= field.definition else {
      return .null
    }
    switch field.node {
    case .leaf(let leaf):
      guard let number = leaves[leaf].valueNumber(first.lowerBound) else { return .null }
      return conversions[leaf].value(leaves[leaf].values, number)
    case .structure(let children):
      return .object(
        Dictionary(children.map { ($0.name, value(of: $0, at: entries)) }, uniquingKeysWith: { first, _ in first }))
    case .map(let key, let content):
      return .array([value(of: key, at: entries), value(of: content, at: entries)])
    case .list(let element, let level):
      let elements = self.elements(of: element, level, entries)
      guard case .map = element.node else { return .array(elements) }
      let pairs = elements.compactMap { pair in pair.array.map { ($0[0].shortText, $0[1]) } }
      return .object(Dictionary(pairs, uniquingKeysWith: { _, last in last }))
    }
  }

  private func elements(
    of element: ParquetSchema.Field, _ level: ParquetSchema.ListLevel, _ entries: (Int) -> Range<Int>
  ) -> [JSONValue] {
    let leaf = element.leaves.lowerBound
    let range = entries(leaf)
    guard !range.isEmpty, leaves[leaf].definition(range.lowerBound) >= level.definition else { return [] }
    // For each leaf where the elements begin, and where the last one ends.
    let borders = element.leaves.map { leaf in
      starts(of: leaf, level, in: entries(leaf)) + [entries(leaf).upperBound]
    }
    return (0..<borders[0].count - 1).map { index in
      value(of: element) { leaf in
        let borders = borders[leaf - element.leaves.lowerBound]
        // In a damaged file leaves may disagree on how many elements there are: the missing ones are null.
        return index + 1 < borders.count ? borders[index]..<borders[index + 1] : 0..<0
      }
    }
  }

  /// The entries with which elements of a list begin: the first one, and those that go on at its level.
  private func starts(of leaf: Int, _ level: ParquetSchema.ListLevel, in range: Range<Int>) -> [Int] {
    range.filter { $0 == range.lowerBound || leaves[leaf].repetitions[$0] <= level.repetition }
  }
}
