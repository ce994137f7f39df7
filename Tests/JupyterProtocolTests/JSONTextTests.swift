import Foundation
import JSONValue
import JupyterProtocol
import Testing

/// The protocol's own JSON reader and writer, against Foundation's and by way of a message's content.
@Suite struct JSONTextTests {
  private let wire = WireFormat(signer: MessageSigner(key: ""))

  private func read(_ text: String) -> JSONValue? {
    let header = #"{"msg_id":"1","msg_type":"t"}"#
    let parts = [header, "{}", "{}", "{\"value\":\(text)}"].map { Data($0.utf8) }
    return try? wire.message(from: [Data("<IDS|MSG>".utf8), Data()] + parts).content["value"]
  }

  @Test(arguments: [
    "null", "true", "false", "0", "-0", "12", "-7", "1.5", "-2.5e-3", "25E-1", "9223372036854775807", "1e400",
    "\"\"", #""a\"b\\c\/d\b\f\n\r\t""#, #""\u00e9\u4e2d""#, #""\ud83d\udc69""#, "\"é中👩‍🔬\"",
    "[]", "[ 1 , [2], {} ]", "{}", #"{ "a" : { "b" : [ null ] } }"#, "\n\t[\r1 ]",
  ])
  func readsAsFoundationDoes(text: String) throws {
    let expected = try? JSONValue(parsing: text)
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
    let frames = wire.frames(of: Message(header: MessageHeader(type: "t", session: "s"), content: content))
    #expect(try JSONValue(parsing: try #require(frames.last)) == .object(content))
  }

  @Test func whatJSONLacksIsNull() throws {
    let message = Message(header: MessageHeader(type: "t", session: "s"), content: ["a": .number(.nan)])
    #expect(wire.frames(of: message).last == Data("{\"a\":null}".utf8))
  }
}
