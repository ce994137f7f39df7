import Datasets
import Foundation
import JSONValue
import LanguageModels
import Tokenization

/// Lets a model choose among the completions that occur in rows, as multiple-choice tasks are judged.
///
/// A completion's score is the logarithm of its probability behind the prompt, without the end of the sequence; the
/// completion with the highest score is chosen. Prompts are tokenized and cut as in training. Not for use by several
/// threads at once.
///
/// Gao et al., lm-evaluation-harness, task type `multiple_choice`, measure `acc`.
package final class CompletionChoice {
  /// A row: the number of its own completion, and of the one that the model chose.
  package struct Answer: Sendable, Hashable {
    package let expected: Int
    package let chosen: Int
  }

  /// All completions that occur, in the order of the rows.
  package let completions: [String]
  private let contents: [(prompt: String, completion: Int)]
  private let context: InferenceContext
  private let encoder: RowEncoder

  /// The most completions that are told apart.
  package static let mostCompletions = 100

  /// - Parameters:
  ///   - dataset: Rows with a prompt and a completion.
  ///   - maxLength: Tokens of a row; of longer prompts the beginning is cut.
  /// - Throws: ``CompletionChoiceError``, ``TrainingDataError``, `DatasetError`.
  package init(_ dataset: Dataset, model: LanguageModel, maxLength: Int) throws {
    let form = try dataset.rowForm
    guard dataset.count > 0 else { throw TrainingDataError.noRows }
    var (completions, contents): ([String], [(String, Int)]) = ([], [])
    for row in dataset.rows {
      guard case .completion(let prompt, let completion) = try form.content(of: row) else {
        throw TrainingDataError.noCompletions(columns: form.columns + form.otherColumns)
      }
      let known = completions.firstIndex(of: completion)
      if known == nil { completions.append(completion) }
      guard completions.count <= Self.mostCompletions else { throw CompletionChoiceError.tooMany(rows: dataset.count) }
      contents.append((prompt, known ?? completions.count - 1))
    }
    guard completions.count > 1 else { throw CompletionChoiceError.onlyOne(completions[0]) }
    self.completions = completions
    self.contents = contents
    context = InferenceContext(model)
    encoder = try RowEncoder(
      RowForm(columns: ["prompt", "completion"]), tokenizer: model.tokenizer,
      options: TrainingRowOptions(maxLength: maxLength, completionOnly: true))
  }

  /// How many rows there are.
  package var count: Int { contents.count }

  /// How often the completion that occurs most often would be right: what is reached without reading.
  package var commonestShare: Double {
    let counts = Dictionary(contents.map { ($0.completion, 1) }, uniquingKeysWith: +)
    return Double(counts.values.max() ?? 0) / Double(count)
  }

  /// What the model chooses behind the prompt of a row.
  ///
  /// - Throws: `ModelError`, `CancellationError`.
  /// - Complexity: One pass over the prompt, and one over each completion of more than one token.
  package func answer(toRow index: Int, isCancelled: () -> Bool = { false }) throws -> Answer {
    let (prompt, expected) = contents[index]
    let rows = try Dataset(
      rows: completions.map { ["prompt": .string(prompt), "completion": .string($0)] })
    let sequences = try (0..<rows.count).map { try encoder.encode(rows.row($0)).sequence }
    let scores = try scores(of: sequences, isCancelled)
    return Answer(expected: expected, chosen: scores.indices.max { scores[$0] < scores[$1] } ?? 0)
  }

  /// The logarithm of the probability of each sequence's learned tokens but the last.
  ///
  /// Tokens that all of them begin with are read once and change nothing between them.
  private func scores(of sequences: [TrainingSequence], _ isCancelled: () -> Bool) throws -> [Double] {
    let shared = sharedCount(of: sequences.map(\.tokens))
    context.truncate(to: 0)
    let first = try context.read(Array(sequences[0].tokens.prefix(shared)), isCancelled: isCancelled)
    return try sequences.map { sequence in
      var (score, logits) = (0.0, first)
      context.truncate(to: shared)
      for place in shared..<sequence.tokens.count - 1 {
        let token = sequence.tokens[place]
        if sequence.isLearned[place] { score += logProbability(of: token, logits) }
        if place + 2 < sequence.tokens.count { logits = try context.read([token], isCancelled: isCancelled) }
      }
      return score
    }
  }

  /// How many tokens all sequences begin with; at least one, because nothing predicts the first, and not a whole sequence.
  private func sharedCount(of sequences: [[Int]]) -> Int {
    let most = (sequences.map(\.count).min() ?? 1) - 1
    let shared = (0..<max(0, most)).prefix { place in sequences.allSatisfy { $0[place] == sequences[0][place] } }
    return max(1, shared.count)
  }

  private func logProbability(of token: Int, _ logits: [Float]) -> Double {
    let largest = logits.max() ?? 0
    let sum = logits.reduce(0.0) { $0 + Double(exp($1 - largest)) }
    return Double(logits[token] - largest) - log(sum)
  }
}

/// Why rows are no choice among completions.
package enum CompletionChoiceError: Error, Sendable, Hashable {
  /// All rows have the same completion.
  case onlyOne(String)
  /// The rows have more completions than are told apart.
  case tooMany(rows: Int)
}
