import Figures
import JSONValue
import Testing

@Suite struct TextFigureTests {
  @Test func tokensShowTheirWhiteSpace() {
    let chips = TokenChips(tokens: [
      .init(id: 504, text: "The"), .init(id: 2644, text: " cat"), .init(id: 198, text: "\n"), .init(id: 1, text: "\t"),
    ])
    #expect(chips.text() == "The·504|␣cat·2644|⏎·198\n⇥·1\n4 tokens")
    #expect(chips.html().contains("␣cat") && chips.html().contains(">2644<"))
  }

  @Test func marksTellWhichTokensCarryLoss() {
    let chips = TokenChips(
      tokens: [.init(id: 1, text: "Q"), .init(id: 2, text: "A", isMarked: true)],
      legend: .init(marked: "carries loss", others: "masked"))
    #expect(chips.text() == "Q·1|[A·2]\n2 tokens · carries loss: 1 · [carries loss], others: masked")
  }

  @Test func manyTokensAreCutAndTold() {
    let chips = TokenChips(tokens: (0..<5000).map { .init(id: $0, text: "x") }, maximumTokens: 3)
    #expect(chips.text() == "x·0|x·1|x·2\n5,000 tokens · the first 3 are shown")
  }

  @Test func probabilities() {
    let bars = ProbabilityBars(
      rows: [
        .init(token: " Paris", probability: 0.75), .init(token: " a", probability: 0.2),
        .init(token: "\n", probability: 0.05),
      ],
      title: "Next", topP: 0.9)
    #expect(
      bars.text() == """
        Next
        ␣Paris  75.0 % ████████████████████████
        ␣a      20.0 % ██████▍
        ⏎        5.0 % · █▋
        ·: left out by topP 0.9
        """)
    #expect(bars.html().contains("width:135px"))
  }

  @Test func comparisonMarksChangedWords() {
    let table = ComparisonTable(
      models: ["base", "tuned"],
      rows: [
        .init(prompt: "Sentiment:", answers: ["it is a film", "it is a good film"]),
        .init(prompt: "Same:", answers: ["yes", "yes"]),
      ])
    #expect(
      table.text() == """
        prompt │ Sentiment:
          base │ it is a film
         tuned │ it is a {+good+} film

        prompt │ Same:
          base │ yes
         tuned │ yes
        """)
    #expect(table.html().contains(">good</b>"))
  }

  @Test func wordDifferenceLosesNothing() {
    let (old, new) = ("the  quick brown\nfox ", "a quick  brown dog")
    let difference = WordDifference(from: old, to: new)
    #expect(difference.old.map(\.text).joined() == old)
    #expect(difference.new.map(\.text).joined() == new)
    let changed = WordDifference(from: "the quick fox", to: "a quick dog")
    #expect(WordDifference.runs(changed.old).filter(\.isChanged).map(\.text) == ["the", "fox"])
    #expect(WordDifference.runs(changed.new).filter(\.isChanged).map(\.text) == ["a", "dog"])
    #expect(WordDifference(from: "", to: "").old.isEmpty)
  }

  @Test func partsOfAWhole() {
    let map = PartMap(
      title: "m.gguf",
      parts: [
        .init("header", size: 1024, kind: "header"), .init("blk.0", size: 2048, kind: "blocks"),
        .init("blk.1", size: 1024, kind: "blocks"),
      ])
    #expect(
      map.text() == """
        m.gguf
        header ████████                         1.00 KiB, 25.0 %
        blocks ████████████████████████         3.00 KiB, 75.0 %
        """)
    #expect(map.html().contains("title=\"blk.1: 1.00 KiB, 25.0 %\"") && map.html().contains("width:50%"))
    let stack = FigureStack([map, PartMap(parts: [.init("<b>", size: 0, kind: "none")])])
    #expect(
      stack.mimeBundle()["text/plain"]?.string?.hasSuffix("\n\nnone                                  0 B, 0.0 %")
        == true)
    #expect(stack.mimeBundle()["text/html"]?.string?.contains("<b>:") == false)
  }
}
