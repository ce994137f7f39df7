import Datasets
import FineTuning
import JSONValue
import TestSupport
import Testing
import Tokenization

/// Rows of training against those that TRL's SFTTrainer makes of the same rows, `Tests/Fixtures/datasets/training.json`.
struct TRLTests {
  @Test func rowsEqualTRL() throws {
    let fixture = try Fixtures.json("datasets/training.json")
    let template = try #require(fixture["template"]?.string)
    let cases = try #require(fixture["cases"]?.array)
    #expect(cases.count == 40)
    for peer in cases {
      let (folder, form) = (try #require(peer["tokenizer"]?.string), try #require(peer["form"]?.string))
      let kind = try #require(peer["name"]?.string)
      let tokenizer = try Tokenizer(huggingFaceFolder: Fixtures.path("tokenizers/\(folder)"))
      let rows = try #require(fixture["forms"]?[form]?.array).compactMap(\.object)
      let options = TrainingRowOptions(
        maxLength: try #require(peer["max_length"]?.integer), packing: kind.hasSuffix("packed"),
        completionOnly: kind.hasPrefix("only"), truncation: .end, chatTemplate: template)
      let ours = try TrainingRows(Dataset(rows: rows), tokenizer: tokenizer, options: options)
      try expect(ours.rows, equal: try #require(peer["rows"]?.array), "\(folder) \(form) \(kind)")
      #expect(ours.crossedCount == (form == "crossed" ? rows.count : 0), "\(folder) \(form)")
    }
  }

  private func expect(_ rows: [TrainingRow], equal peer: [JSONValue], _ name: String) throws {
    #expect(rows.count == peer.count, "\(name): rows")
    for (row, expected) in zip(rows, peer) {
      let ids = expected["input_ids"]?.array?.compactMap(\.integer)
      let labels = expected["labels"]?.array?.compactMap(\.integer)
      #expect(row.sequences.flatMap(\.tokens) == ids, "\(name): tokens of row \(row.sources)")
      let ours = row.sequences.flatMap { zip($0.tokens, $0.isLearned).map { $1 ? $0 : -100 } }
      #expect(ours == labels, "\(name): labels of row \(row.sources)")
      if let lengths = expected["seq_lengths"]?.array?.compactMap(\.integer) {
        #expect(row.sequences.map(\.tokens.count) == lengths, "\(name): sequences of row \(row.sources)")
      }
    }
  }
}
