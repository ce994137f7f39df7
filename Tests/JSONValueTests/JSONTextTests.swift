import Foundation
import JSONValue
import Testing

/// Reading and writing JSON text, against Foundation's reader.
@Suite struct JSONTextTests {
  private func read(_ text: String) -> JSONValue? { try? JSONValue(parsing: text) }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "12", "-7", "1.5", "-2.5e-3", "25E-1", "9223372036854775807", "1e400",
    "\"\"", #""a\"b\\c\/d\b\f\n\r\t""#, #""\u00e9\u4e2d""#, #""\ud83d\udc69""#, "\"é中👩‍🔬\"",
    "[]", "[ 1 , [2], {} ]", "{}", #"{ "a" : { "b" : [ null ] } }"#, "\n\t[\r1 ]",
  ])
  func readsAsFoundationDoes(text: String) throws {
    let expected = try? JSONDecoder().decode(DecodedValue.self, from: Data(text.utf8)).value
    if text == "1e400" {
      #expect(read(text) == .number(.infinity))
    } else {
      #expect(read(text) == expected)
    }
  }

  @Test(arguments: [
    "", "nul", "tru", "+1", "01", "1.", ".5", "1e", "-", "\"", #""\x""#, #""\u12""#, "\"\n\"", "[1,]", "[1 2]",
    "{\"a\"}",
    "{a:1}", "{\"a\":1,}", "1 2", "[", "]", #""\u+123""#,
  ])
  func rejects(text: String) {
    #expect(read(text) == nil)
  }

  @Test func halfASurrogatePairBecomesTheReplacementCharacter() {
    #expect(read(#""a\ud83db""#) == "a\u{FFFD}b")
    #expect(read(#""\udc69\ud83d\ud83d\udc69""#) == "\u{FFFD}\u{FFFD}👩")
  }

  @Test func nestingIsLimited() {
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(read(deep) != nil)
    #expect(read(String(repeating: "[", count: 100_000)) == nil)
  }

  @Test func whatIsWrittenIsReadByFoundation() throws {
    let scalars = (0..<0x300).compactMap { Unicode.Scalar($0) }.map { String($0) }.joined()
    let content: [String: JSONValue] = [
      "text": .string(scalars + "\u{2028}👩‍🔬"), "integer": .integer(.min), "numbers": [1.5, 1e-9, 1e300, -0.1],
      "empty": [[], [:], "", nil], "quoted \"name\"": true,
    ]
    let value = JSONValue.object(content)
    for pretty in [false, true] {
      let data = value.serialized(pretty: pretty)
      #expect(try JSONValue(parsing: data) == value)
      #expect((try JSONSerialization.jsonObject(with: data) as? [String: Any])?.count == content.count)
    }
  }

  @Test func whatJSONLacksIsNull() throws {
    #expect(JSONValue.object(["a": .number(.nan)]).serialized() == Data("{\"a\":null}".utf8))
  }
}

/// A value as Foundation's decoder reads it.
private struct DecodedValue: Decodable {
  let value: JSONValue

  init(from decoder: any Decoder) throws {
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      value = .null
    } else if let bool = try? single.decode(Bool.self) {
      value = .bool(bool)
    } else if let integer = try? single.decode(Int.self) {
      value = .integer(integer)
    } else if let number = try? single.decode(Double.self) {
      value = .number(number)
    } else if let string = try? single.decode(String.self) {
      value = .string(string)
    } else if let elements = try? single.decode([DecodedValue].self) {
      value = .array(elements.map(\.value))
    } else {
      value = .object(try single.decode([String: DecodedValue].self).mapValues(\.value))
    }
  }
}
