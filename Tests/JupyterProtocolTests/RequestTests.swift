import JSONValue
import JupyterProtocol
import Testing

@Suite struct RequestTests {
  @Test func executeHasTheDefaultsOfTheProtocol() throws {
    let request = try ExecuteRequest(["code": "1"])
    #expect(!request.isSilent && request.storesHistory && request.allowsInput && request.stopsOnError)
    #expect(request.userExpressions.isEmpty)
  }

  @Test func silentIsNeverStored() throws {
    #expect(try !ExecuteRequest(["code": "1", "silent": true, "store_history": true]).storesHistory)
  }

  @Test func wrongKindsAreNamed() {
    #expect(throws: ContentError.missing(field: "code", part: "execute_request")) { try ExecuteRequest([:]) }
    let wrong = ContentError.wrongKind(
      field: "silent", part: "execute_request", expected: "a boolean", found: "a string")
    #expect(throws: wrong) { try ExecuteRequest(["code": "1", "silent": "yes"]) }
    #expect(wrong.description == "'silent' of execute_request is a string, expected a boolean")
  }

  @Test func theCursorStaysInTheCode() throws {
    #expect(try CompleteRequest(["code": "añb"]).cursor == 3)
    #expect(try CompleteRequest(["code": "abc", "cursor_pos": 99]).cursor == 3)
    #expect(try CompleteRequest(["code": "abc", "cursor_pos": -1]).cursor == 0)
  }

  @Test func cursorsCountCodePoints() {
    let code = "👩‍🔬.pri"
    #expect(code.unicodeScalars.count == 7)
    #expect(code[code.index(atCodePoint: 4)...] == "pri")
    #expect(code.codePointOffset(of: code.index(atCodePoint: 4)) == 4)
    #expect(code.index(atCodePoint: 99) == code.endIndex)
  }

  @Test func historyHasThreeKinds() throws {
    #expect(try HistoryRequest(["hist_access_type": "tail", "n": 3]).selection == .tail(count: 3))
    let range = try HistoryRequest(["hist_access_type": "range", "session": -1, "start": 2, "stop": 4, "output": true])
    #expect(range.selection == .range(session: -1, start: 2, stop: 4) && range.wantsOutput)
    let search = try HistoryRequest(["hist_access_type": "search", "pattern": "l*", "unique": true])
    #expect(search.selection == .search(pattern: "l*", count: nil, unique: true))
    #expect(throws: ContentError.self) { try HistoryRequest(["hist_access_type": "dig"]) }
  }

  @Test func kernelInfoHasWhatFrontEndsRead() throws {
    let information = LanguageInformation(
      implementation: "i", implementationVersion: "1", banner: "b", name: "swift", version: "6",
      mimeType: "text/x-swift", fileExtension: ".swift")
    let reply = JSONValue.object(information.kernelInfoReply)
    #expect(reply["protocol_version"] == "5.5")
    #expect(reply["language_info"]?["pygments_lexer"] == "swift")
    #expect(reply["language_info"]?["codemirror_mode"] == "swift")
    #expect(reply["help_links"] == [])
  }
}
