import Foundation
import JSONValue
import JupyterProtocol
import Testing

@Suite struct WireFormatTests {
  private let wire = WireFormat(signer: MessageSigner(key: "key"))
  private let request = Message(
    header: MessageHeader(type: "execute_request", session: "s"),
    content: ["code": "let größe = \"👩‍🔬\\n\"", "number": 1.5, "flags": [true, nil, -3]],
    buffers: [Data([0, 1, 255]), Data()], identities: [Data("front end".utf8)])

  @Test func comesBackAsItWent() throws {
    var reply = request.reply("execute_reply", session: "t", content: ["status": "ok"])
    reply.metadata = ["a": ["b": nil]]
    for message in [request, reply] {
      #expect(try wire.message(from: wire.frames(of: message)) == message)
    }
  }

  @Test func hasTheFramesOfTheProtocol() throws {
    let frames = wire.frames(of: request)
    #expect(frames.count == 9)
    #expect(frames[0] == Data("front end".utf8))
    #expect(frames[1] == Data("<IDS|MSG>".utf8))
    #expect(frames[2].count == 64)
    #expect(frames[4] == Data("{}".utf8))
    #expect(try JSONValue(parsing: frames[3])["version"] == "5.5")
  }

  @Test func readsWhatPythonSigned() throws {
    let wire = WireFormat(signer: MessageSigner(key: MessageSignerTests.key))
    let frames = [Data("<IDS|MSG>".utf8), MessageSignerTests.golden] + MessageSignerTests.parts
    let message = try wire.message(from: frames)
    #expect(message.header.type == "kernel_info_request")
    #expect(message.parent == nil)
  }

  @Test func keepsWhatItDoesNotKnow() throws {
    var header = MessageHeader(type: "a", session: "s")
    header.extensions["subshell_id"] = "shell 2"
    let message = try wire.message(from: wire.frames(of: Message(header: header)))
    #expect(message.header.json["subshell_id"] == "shell 2")
  }

  @Test func verifiesBeforeItParses() {
    var frames = wire.frames(of: request)
    frames[3] = Data("not json".utf8)
    #expect(throws: WireError.wrongSignature) { try wire.message(from: frames) }
  }

  @Test func rejectsFramesThatAreNoMessage() {
    #expect(throws: WireError.missingDelimiter) { try wire.message(from: []) }
    #expect(throws: WireError.missingDelimiter) { try wire.message(from: [Data("hello".utf8)]) }
    let frames = wire.frames(of: request)
    for count in 2..<7 {
      #expect(throws: WireError.tooFewFrames(found: count - 2)) { try wire.message(from: Array(frames.prefix(count))) }
    }
  }

  @Test(arguments: ["", "[]", "{", "nul", "{\"a\":}", "{\"a\":1}x", "{\"a\":01}", "{\"\u{1}\":1}"])
  func rejectsAPartThatIsNoObject(text: String) {
    for (position, name) in ["header", "parent header", "metadata", "content"].enumerated() {
      var parts = MessageSignerTests.parts
      parts[position] = Data(text.utf8)
      let frames = [Data("<IDS|MSG>".utf8), MessageSigner(key: "key").signature(of: parts)] + parts
      #expect(throws: WireError.notAnObject(part: name)) { try wire.message(from: frames) }
    }
  }

  @Test func rejectsAHeaderWithoutAType() {
    let parts = ["{\"msg_id\":\"1\"}", "{}", "{}", "{}"].map { Data($0.utf8) }
    let frames = [Data("<IDS|MSG>".utf8), MessageSigner(key: "key").signature(of: parts)] + parts
    #expect(throws: WireError.badHeader(.missing(field: "msg_type", part: "header"))) {
      try wire.message(from: frames)
    }
  }

  @Test func timesAreISO8601WithMicroseconds() throws {
    let date = MessageHeader(type: "a", session: "s").date
    #expect(date.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    #expect(abs(try style.parse(date).timeIntervalSinceNow) < 60)
  }
}
