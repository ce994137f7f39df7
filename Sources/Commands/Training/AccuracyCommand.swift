import CommandLanguage
import Figures
import FineTuning

/// How often a model chooses the right completion: `accuracy`.
enum AccuracyCommand {
  static let all: [Command] = [accuracy] + members

  private static let accuracy = Command.method(
    "accuracy", of: ModelValue.self,
    [
      .labelled("on", .object("Dataset"), "Rows with a prompt and a completion, best none that were trained on."),
      .labelled(
        "maxLength", .int, default: 256, in: 2...1_000_000, unit: "tokens",
        neighbours: ["HF": "max_length", "mlx": "max_seq_length"],
        "Where a row is cut: of longer prompts the beginning is left out, as in training."),
    ],
    returns: "Accuracy", "How often the model finds the right one of all completions that occur in the rows.",
    discussion: """
      Each completion is scored by its probability behind the prompt, and the likeliest is the model's choice. So a classifier \
      is judged by its labels alone, and a model that was never trained for them can be judged too.
      """,
    example: """
      let rows = dataset([
        ["prompt": "Review: A fine film. Sentiment:", "completion": " positive"],
        ["prompt": "Review: A waste of time. Sentiment:", "completion": " negative"],
      ])
      load("smollm2-135m").accuracy(on: rows)
      """,
    neighbours: ["lm-evaluation-harness": "acc"], source: "lm-evaluation-harness, multiple_choice"
  ) { value, call in
    let dataset = call.object("on", as: DatasetValue.self).dataset
    let choice = try CompletionChoice(dataset, model: value.model, maxLength: call.int("maxLength"))
    return try interruptible { try count(choice, call) }.value
  }

  /// Asks the model about each row and shows how it goes.
  private static func count(_ choice: CompletionChoice, _ call: Invocation) throws -> AccuracyValue {
    var result = AccuracyValue(completions: choice.completions, commonest: choice.commonestShare)
    var throttle = UpdateThrottle()
    var display: (any UpdatableDisplay)?
    let start = ContinuousClock.now
    for row in 0..<choice.count {
      result.answers.append(try choice.answer(toRow: row, isCancelled: call.isCancelled))
      guard throttle.admits(isForced: row + 1 == choice.count) else { continue }
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      let isLast = row + 1 == choice.count
      let bundle = ProgressView(
        title: "Reading", state: isLast ? .finished : .running, step: row + 1, steps: choice.count,
        unit: "row", readings: [.init("right", NumberText.percent(result.share))], elapsed: elapsed,
        remaining: isLast ? nil : elapsed / Double(row + 1) * Double(choice.count - row - 1)
      ).mimeBundle()
      if let display { display.update(bundle) } else { display = call.output.display(bundle) }
    }
    return result
  }

  private static let members: [Command] = [
    .property("value", of: AccuracyValue.self, returns: .double, "The share of rows with the right choice, 0 to 1.") {
      $0.share.value
    },
    .property("right", of: AccuracyValue.self, returns: .int, "How many choices were right.") { $0.right.value },
    .property("count", of: AccuracyValue.self, returns: .int, "How many rows there were.") { $0.answers.count.value },
    .property(
      "standardError", of: AccuracyValue.self, returns: .double,
      "How far chance alone moves the share: √(p (1 − p) / n)."
    ) { $0.standardError.value },
    .property(
      "commonest", of: AccuracyValue.self, returns: .double,
      "The share that always the commonest completion would reach, without reading."
    ) { $0.commonest.value },
    .property(
      "choices", of: AccuracyValue.self, returns: .array, "What the model chose for each row.",
      neighbours: ["HF": "predictions"]
    ) { value in .array(value.answers.map { value.completions[$0.chosen].value }) },
  ]
}

/// How often a model chose the right completion.
package struct AccuracyValue: CommandObject {
  package static let typeName = "Accuracy"
  let completions: [String]
  /// What always the commonest completion would reach.
  let commonest: Double
  var answers: [CompletionChoice.Answer] = []

  var right: Int { answers.count { $0.expected == $0.chosen } }
  var share: Double { Double(right) / Double(max(1, answers.count)) }
  var standardError: Double { (share * (1 - share) / Double(max(1, answers.count))).squareRoot() }

  package var description: String {
    "\(NumberText.percent(share)) right, \(right) of \(NumberText.count(answers.count)) rows, "
      + "± \(NumberText.percent(standardError)); always the commonest completion: \(NumberText.percent(commonest))"
  }
}

extension CompletionChoiceError: CommandFailure {
  package var message: String {
    switch self {
    case .onlyOne(let completion): "all rows have the completion \(completion.debugDescription), so there is no choice"
    case .tooMany(let rows):
      "the \(NumberText.count(rows)) rows have more than \(CompletionChoice.mostCompletions) different completions"
    }
  }

  package var help: String? {
    switch self {
    case .onlyOne: "shuffle before you take a part: a data set may be sorted by label"
    case .tooMany: "a choice needs labels, such as \" positive\" and \" negative\", not free text"
    }
  }

  package var argument: String? { "on" }
}
