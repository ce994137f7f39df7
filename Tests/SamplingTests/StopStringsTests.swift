import Generation
import TensorCore
import Testing

struct StopStringsTests {
  /// Feeds pieces; returns what came out and the stop string that matched.
  private func run(_ stops: [String], _ pieces: [String]) throws -> (text: String, match: String?) {
    var matcher = try StopStrings(stops)
    var text = pieces.map { matcher.append($0) }.joined()
    text += matcher.finish()
    return (text, matcher.match)
  }

  @Test func textBeforeTheStopStringComesOut() throws {
    #expect(try run(["\n\n"], ["One", "\n", "two\n", "\nthree"]) == ("One\ntwo", "\n\n"))
    #expect(try run(["END"], ["a EN", "E", "ND b"]) == ("a EN", "END"))
    #expect(try run(["END"], ["a EN"]) == ("a EN", nil))
    #expect(try run([], ["a", "b"]) == ("ab", nil))
  }

  @Test func whatMayBecomeAStopStringIsHeldBack() throws {
    var matcher = try StopStrings(["</s>", "User:"])
    #expect(matcher.append("Yes <") == "Yes ")
    #expect(matcher.append("/") == "")
    #expect(matcher.append("b> Us") == "</b> ")
    #expect(matcher.append("er") == "")
    #expect(matcher.match == nil)
    #expect(matcher.append(": no") == "")
    #expect(matcher.match == "User:")
    #expect(matcher.append("more") == "")
    #expect(matcher.finish() == "")
  }

  @Test func theFirstToBeCompleteCounts() throws {
    #expect(try run(["abc", "b"], ["xabcd"]) == ("xa", "b"))
    #expect(try run(["c", "abc"], ["xabcd"]) == ("x", "abc"))
    #expect(try run(["aab"], ["aaab"]) == ("a", "aab"))
  }

  @Test func anyCutGivesTheSame() throws {
    let letters = ["a", "b", "é", "🙂"]
    var generator = SplitMix64(seed: 8)
    for _ in 0..<400 {
      let text = (0..<30).map { _ in letters[Int(generator.next() % 4)] }.joined()
      let stops = ["abaé", "🙂🙂b", "éaé", "aab"]
      let whole = try run(stops, [text])
      let single = try run(stops, text.map { String($0) })
      #expect(whole == single, "\(text)")
      if let match = whole.match {
        #expect(text.hasPrefix(whole.text + match))
      } else {
        #expect(whole.text == text && !stops.contains { text.contains($0) })
      }
    }
  }

  @Test func emptyStopStringIsAnError() {
    #expect(throws: SamplingError.emptyStopString) { try StopStrings(["a", ""]) }
  }
}
