import ChatTemplates
import Datasets
import Tokenization

/// Turns rows of one form into tokens, and says which of them are learned.
///
/// Conventions are TRL's: a completion is tokenized together with its prompt and ends with the end-of-sequence token;
/// conversations are what the model's chat template writes; text is what the tokenizer makes of it, nothing appended.
/// Every sequence has exactly one beginning-of-sequence token where the model wants one. May be used by several threads.
package struct RowEncoder: Sendable {
  package let form: RowForm
  private let tokenizer: Tokenizer
  private let conversations: ConversationEncoder?
  private let options: TrainingRowOptions

  /// - Throws: ``TrainingDataError``, `TemplateError` when the chat template cannot be parsed.
  package init(_ form: RowForm, tokenizer: Tokenizer, options: TrainingRowOptions) throws {
    if options.completionOnly, !form.kind.hasCompletion {
      throw TrainingDataError.noCompletions(columns: form.columns + form.otherColumns)
    }
    self.form = form
    self.tokenizer = tokenizer
    self.options = options
    conversations = try (options.chatTemplate ?? tokenizer.chatTemplate).map {
      try ConversationEncoder(ChatTemplate($0), tokenizer, completionOnly: options.completionOnly)
    }
  }

  /// The tokens of a row.
  ///
  /// - Throws: ``TrainingDataError``, `DatasetError`.
  package func encode(_ row: Row) throws -> EncodedRow {
    switch try form.content(of: row) {
    case .text(let text): end(TrainingSequence(tokens: tokenizer.ids(of: text)))
    case .completion(let prompt, let completion): try encode(prompt, completion)
    case .messages(let messages):
      if let conversations {
        end(
          try conversations.sequence(
            of: messages, row: row.number, heedsMarks: form.kind != .promptCompletion))
      } else {
        throw TrainingDataError.noChatTemplate(form: form.description)
      }
    }
  }

  private func encode(_ prompt: String, _ completion: String) throws -> EncodedRow {
    let promptTokens = tokenizer.idsWithBeginning(of: prompt)
    var tokens = tokenizer.idsWithBeginning(of: prompt + completion)
    guard let end = tokenizer.endOfSequenceID else { throw TrainingDataError.noEndOfSequence }
    if tokens.last != end || completion.isEmpty { tokens.append(end) }
    let start = zip(promptTokens, tokens).prefix { $0 == $1 }.count
    let isLearned = tokens.indices.map { !options.completionOnly || $0 >= start }
    let sequence = TrainingSequence(tokens: tokens, isLearned: isLearned)
    let isCrossed = start < promptTokens.count
    guard options.truncation == .promptStart, tokens.count > options.maxLength else {
      return self.end(sequence, isCrossed: isCrossed)
    }
    let kept = tokenizer.addsBeginningOfSequence ? min(1, start) : 0
    let cut = min(start - kept, tokens.count - options.maxLength)
    let rest = Array(0..<kept) + Array((kept + cut..<tokens.count).prefix(options.maxLength - kept))
    return EncodedRow(
      sequence: TrainingSequence(tokens: rest.map { tokens[$0] }, isLearned: rest.map { isLearned[$0] }),
      isTruncated: true, isCrossed: isCrossed)
  }

  /// The row without what is beyond its longest.
  private func end(_ sequence: TrainingSequence, isCrossed: Bool = false) -> EncodedRow {
    guard sequence.tokens.count > options.maxLength else {
      return EncodedRow(sequence: sequence, isTruncated: false, isCrossed: isCrossed)
    }
    let (tokens, isLearned) = (sequence.tokens.prefix(options.maxLength), sequence.isLearned.prefix(options.maxLength))
    return EncodedRow(
      sequence: TrainingSequence(tokens: Array(tokens), isLearned: Array(isLearned)), isTruncated: true,
      isCrossed: isCrossed)
  }
}

/// A row of a data set as tokens.
package struct EncodedRow: Sendable, Hashable {
  package let sequence: TrainingSequence
  /// Whether something was cut because the row was too long.
  package let isTruncated: Bool
  /// Whether a token reaches from the prompt into the completion; it counts as the completion's.
  ///
  /// The model then learns another text than the one it is given when it generates.
  package let isCrossed: Bool
}

extension Tokenizer {
  /// The ids of a text with one beginning-of-sequence token where the model wants one, and no end.
  func idsWithBeginning(of text: String) -> [Int] {
    let ids = ids(of: text, addingSpecialTokens: false)
    guard addsBeginningOfSequence, let beginning = beginningOfSequenceID, ids.first != beginning else { return ids }
    return [beginning] + ids
  }
}
