import CommandLanguage
import Datasets
import Figures
import FineTuning
import LanguageModels
import Tokenization

/// Which tokens of a row carry loss, in colours.
enum TokenPreviewCommands {
  static let all: [Command] = [preview]

  private static let preview = Command.method(
    "preview", of: ModelValue.self,
    [
      .labelled("of", .object("Dataset"), "The rows, as `train` takes them."),
      .labelled("row", .int, default: 0, in: 0..., "Which row, counted from 0."),
      .labelled(
        "maxLength", .int, default: 256, in: 2...1_000_000, unit: "tokens",
        neighbours: ["HF": "max_length", "mlx": "max_seq_length"], "Where the row is cut."),
      .labelled(
        "completionOnly", .bool, default: false,
        neighbours: ["TRL": "completion_only_loss", "mlx": "--mask-prompt"],
        "Whether only completions and the assistant's turns are learned."),
    ],
    returns: "Figure", "Shows a row as the tokens that training sees, and which of them it learns.",
    discussion: """
      Rows are recognised by their columns: text; prompt and completion; messages; instruction, input and output (alpaca); \
      conversations (ShareGPT). Completions end with the end-of-sequence token. Of a prompt that is too long with its \
      completion the beginning is cut, so that the completion stays.
      """,
    example: """
      let rows = dataset([["prompt": "Review: A fine film. Sentiment:", "completion": " positive"]])
      load("smollm2-135m").preview(of: rows, completionOnly: true)
      """,
    source: "TRL's SFTTrainer"
  ) { value, call in
    let dataset = call.object("of", as: DatasetValue.self).dataset
    let index = call.int("row")
    guard index < dataset.count else { throw RowNotThere(index: index, rows: dataset.count) }
    let options = TrainingRowOptions(maxLength: call.int("maxLength"), completionOnly: call.bool("completionOnly"))
    let tokenizer = value.model.tokenizer
    let encoder = try RowEncoder(dataset.rowForm, tokenizer: tokenizer, options: options)
    return FigureValue(try figure(of: encoder.encode(dataset.row(index)), encoder.form, index, tokenizer)).value
  }

  private static func figure(
    of row: EncodedRow, _ form: RowForm, _ index: Int, _ tokenizer: Tokenizer
  ) throws -> TokenChips {
    let sequence = row.sequence
    let tokens = try sequence.tokens.indices.map { place in
      // The first token is read, and nothing predicts it.
      TokenChips.Token(
        id: sequence.tokens[place], text: try tokenizer.token(sequence.tokens[place]).text,
        isMarked: place > 0 && sequence.isLearned[place])
    }
    var title = "row \(NumberText.count(index)) of \(form)"
    if row.isTruncated { title += ", cut to \(NumberText.count(tokens.count)) tokens" }
    return TokenChips(
      tokens: tokens, title: title, legend: TokenChips.Legend(marked: "learned", others: "only read"))
  }
}

/// A data set has fewer rows.
struct RowNotThere: CommandFailure {
  let index: Int
  let rows: Int
  var message: String { "row \(index) of a data set with \(NumberText.count(rows)) rows" }
  var help: String? {
    rows == 0 ? "look at the data set: a filter may have left nothing" : "rows are counted from 0 to \(rows - 1)"
  }
  var argument: String? { "row" }
}
