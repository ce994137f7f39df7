import CommandLanguage
import Datasets
import Figures
import JSONValue

/// Rows of text as a cell holds them.
package struct DatasetValue: CommandSequence {
  package static let typeName = "Dataset"
  package static let elementType: TypeName = "Row"
  package let dataset: Dataset

  package init(_ dataset: Dataset) { self.dataset = dataset }

  package var count: Int { dataset.count }

  package func element(at index: Int) throws -> Value { RowValue(row: dataset.row(index)).value }

  package var description: String {
    "\(NumberText.count(dataset.count)) rows with columns \(dataset.columns.joined(separator: ", "))"
  }
}

/// A row of a data set.
package struct RowValue: CommandObject {
  package static let typeName = "Row"
  package let row: Row

  package var description: String { JSONValue.object(row.values).description }
}

extension JSONValue {
  /// The value as a cell sees it.
  var value: CommandLanguage.Value {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .int(value)
    case .number(let value): .double(value)
    case .string(let value): .string(value)
    case .array(let elements): .array(elements.map(\.value))
    case .object(let members):
      .dictionary(ValueDictionary(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.value) }))
    }
  }
}

extension Value {
  /// A cell's value as a column of a row can hold it; `nil` for functions, objects and the like.
  var json: JSONValue? {
    switch self {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .integer(value)
    case .double(let value): return .number(value)
    case .string(let value): return .string(value)
    case .array(let elements):
      let converted = elements.compactMap(\.json)
      return converted.count == elements.count ? .array(converted) : nil
    case .dictionary(let members):
      var object: [String: JSONValue] = [:]
      for (key, value) in members.entries {
        guard let name = key.string, let json = value.json else { return nil }
        object[name] = json
      }
      return .object(object)
    default: return nil
    }
  }
}
