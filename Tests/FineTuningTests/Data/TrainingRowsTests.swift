import Datasets
import FineTuning
import JSONValue
import TestSupport
import Testing
import Tokenization

/// What becomes of rows that are too long, too short, or of no use.
struct TrainingRowsTests {
  private let tokenizer: Tokenizer
  private let withBeginning: Tokenizer

  init() throws {
    tokenizer = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/smollm2"))
    withBeginning = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/llama2"))
  }

  @Test func textIsWhatTheTokenizerMakesOfIt() throws {
    let rows = try TrainingRows(Dataset(texts: ["A fine film.", "Dull."]), tokenizer: withBeginning)
    for (row, text) in zip(rows.rows, ["A fine film.", "Dull."]) {
      #expect(row.sequences.map(\.tokens) == [withBeginning.ids(of: text)])
      #expect(row.sequences[0].isLearned.allSatisfy { $0 })
      #expect(row.sequences[0].tokens.count { $0 == withBeginning.beginningOfSequenceID } == 1)
    }
    #expect(rows.truncatedCount == 0 && rows.droppedCount == 0)
  }

  @Test func longPromptsLoseTheirBeginningAndKeepTheCompletion() throws {
    let prompt = String(repeating: "a very long review ", count: 40) + "Sentiment:"
    let dataset = try Dataset(rows: [["prompt": .string(prompt), "completion": " positive"]])
    for tokenizer in [tokenizer, withBeginning] {
      let whole = try TrainingRows(
        dataset, tokenizer: tokenizer, options: .init(maxLength: 10_000, completionOnly: true))
      let cut = try TrainingRows(dataset, tokenizer: tokenizer, options: .init(maxLength: 16, completionOnly: true))
      let (all, kept) = (whole.rows[0].sequences[0], cut.rows[0].sequences[0])
      let beginning = tokenizer.addsBeginningOfSequence ? 1 : 0
      #expect(kept.tokens == all.tokens.prefix(beginning) + all.tokens.suffix(16 - beginning))
      #expect(kept.labelCount == all.labelCount && all.labelCount >= 2)
      #expect(kept.tokens.last == tokenizer.endOfSequenceID)
      #expect(cut.truncatedCount == 1)
    }
  }

  @Test func rowsWithoutLabelsAreDroppedOrRefused() throws {
    let long = String(repeating: "word ", count: 50)
    let rows: [[String: JSONValue]] = [
      ["prompt": .string(long), "completion": " no"], ["prompt": "Short", "completion": " yes"],
    ]
    let options = TrainingRowOptions(maxLength: 8, completionOnly: true, truncation: .end)
    let kept = try TrainingRows(Dataset(rows: rows), tokenizer: tokenizer, options: options)
    #expect(kept.rows.map(\.sources) == [[1]])
    #expect(kept.droppedCount == 1 && kept.truncatedCount == 1 && kept.sourceCount == 2)
    #expect(throws: TrainingDataError.nothingToLearn(rows: 1, truncated: 1, maxLength: 8)) {
      try TrainingRows(Dataset(rows: [rows[0]]), tokenizer: tokenizer, options: options)
    }
    #expect(throws: TrainingDataError.nothingToLearn(rows: 1, truncated: 0, maxLength: 256)) {
      try TrainingRows(Dataset(texts: [""]), tokenizer: tokenizer)
    }
    #expect(throws: TrainingDataError.noRows) { try TrainingRows(Dataset(texts: []), tokenizer: tokenizer) }
  }

  @Test func completionOnlyNeedsCompletions() throws {
    let dataset = try Dataset(rows: [["text": "A fine film.", "label": 1]])
    let error = #expect(throws: TrainingDataError.self) {
      try TrainingRows(
        dataset.selecting(["text", "label"]), tokenizer: tokenizer, options: .init(completionOnly: true))
    }
    #expect(error == .noCompletions(columns: ["text", "label"]))
    #expect(error?.help?.contains(".map") == true)
  }

  @Test func packedSequencesKeepTheirTokensAndFit() throws {
    let texts = (1...200).map { String(repeating: "fine ", count: 1 + $0 * 37 % 90) }
    let dataset = Dataset(texts: texts)
    let plain = try TrainingRows(dataset, tokenizer: tokenizer, options: .init(maxLength: 64))
    let packed = try TrainingRows(dataset, tokenizer: tokenizer, options: .init(maxLength: 64, packing: true))
    #expect(packed.rows.allSatisfy { $0.tokenCount <= 64 })
    #expect(packed.rows.flatMap(\.sources).sorted() == Array(0..<200))
    for row in packed.rows {
      for (sequence, source) in zip(row.sequences, row.sources) {
        #expect(sequence == plain.rows[source].sequences[0])
      }
    }
    #expect(packed.rows.count * 64 < plain.tokenCount + 64 * 8, "rows are nearly full")
    #expect(packed.labelCount == plain.labelCount)
  }

  @Test func conversationsWithoutMarksInTheTemplate() throws {
    let template = """
      {% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}{% endfor %}\
      {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
      """
    let talk: JSONValue = [
      ["from": "human", "value": "Hi"], ["from": "gpt", "value": "Hello there"], ["from": "human", "value": "Bye"],
      ["from": "gpt", "value": "See you"],
    ]
    let rows = try TrainingRows(
      Dataset(rows: [["conversations": talk]]), tokenizer: tokenizer,
      options: .init(completionOnly: true, chatTemplate: template))
    let sequence = rows.rows[0].sequences[0]
    let learned = zip(sequence.tokens, sequence.isLearned).filter(\.1).map(\.0)
    #expect(try tokenizer.text(of: learned) == "Hello there<|im_end|>\nSee you<|im_end|>\n")
    #expect(rows.form.kind == .shareGPT)
  }

  @Test func cancellationEndsIt() throws {
    let dataset = Dataset(texts: Array(repeating: "A fine film.", count: 1000))
    #expect(throws: CancellationError.self) {
      try TrainingRows(dataset, tokenizer: tokenizer, isCancelled: { true })
    }
  }
}
