import Foundation
import JSONValue

enum JSONText {
  static func data(of value: JSONValue) -> Data { value.serialized() }
  static func value(of data: Data) -> JSONValue? { try? JSONValue(parsing: data) }
}
