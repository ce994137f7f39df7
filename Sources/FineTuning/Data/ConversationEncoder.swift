import ChatTemplates
import Datasets
import Tokenization

/// Turns conversations into tokens and finds the assistant's turns in them.
///
/// A turn is what `{% generation %}` of the template marks. In a template without it, a turn begins where the
/// prompt for it ends, and ends where the conversation up to it does: with its end-of-turn token.
struct ConversationEncoder: Sendable {
  private let template: ChatTemplate
  private let tokenizer: Tokenizer
  private let completionOnly: Bool

  init(_ template: ChatTemplate, _ tokenizer: Tokenizer, completionOnly: Bool) {
    self.template = template
    self.tokenizer = tokenizer
    self.completionOnly = completionOnly
  }

  /// The tokens of a conversation, uncut.
  ///
  /// - Parameter heedsMarks: Whether what the template marks is a turn; in a row of prompt and completion it is all that
  ///   stands behind the prompt, as TRL has it.
  /// - Throws: ``TrainingDataError``.
  func sequence(
    of messages: [RowMessage], row: Int, heedsMarks: Bool
  ) throws(TrainingDataError) -> TrainingSequence {
    let chat = try render(messages[...], row)
    var tokens = tokenizer.idsWithBeginning(of: chat.text)
    var isLearned = [Bool](repeating: !completionOnly, count: tokens.count)
    if completionOnly {
      for turn in try turns(of: messages, chat, heedsMarks ? chat.assistantRanges : [], tokens, row) {
        for index in turn { isLearned[index] = true }
      }
    }
    // A template that writes no end behind the last answer would teach the model never to stop.
    if let last = messages.last, last.isCompletion, let end = tokenizer.endOfSequenceID,
      !tokens.suffix(8).contains(where: tokenizer.endOfGenerationIDs.contains)
    {
      tokens.append(end)
      isLearned.append(true)
    }
    return TrainingSequence(tokens: tokens, isLearned: isLearned)
  }

  /// The places of the turns that are learned.
  private func turns(
    of messages: [RowMessage], _ chat: RenderedChat, _ marks: [Range<Int>], _ tokens: [Int], _ row: Int
  ) throws(TrainingDataError) -> [Range<Int>] {
    let answers = messages.indices.filter { messages[$0].role == "assistant" }
    if !marks.isEmpty, marks.count == answers.count {
      return zip(answers, marks).filter { messages[$0.0].isCompletion }.map { _, range in
        let scalars = chat.text.unicodeScalars
        let start = scalars.index(scalars.startIndex, offsetBy: range.lowerBound)
        let end = scalars.index(start, offsetBy: range.count)
        let place = count(of: String(chat.text[..<start]), in: tokens)
        return place..<max(place, count(of: String(chat.text[..<end]), in: tokens))
      }
    }
    var turns: [Range<Int>] = []
    for index in messages.indices where messages[index].isCompletion {
      turns.append(try turn(index, of: messages, chat.text, tokens, row))
    }
    return turns
  }

  private func turn(
    _ index: Int, of messages: [RowMessage], _ text: String, _ tokens: [Int], _ row: Int
  ) throws(TrainingDataError) -> Range<Int> {
    let prompt = index == 0 ? nil : try render(messages[..<index], row, addsGenerationPrompt: true).text
    guard let prompt, text.utf8.starts(with: prompt.utf8) else { throw .turnNotFound(row: row, message: index) }
    let start = count(of: prompt, in: tokens)
    if index == messages.count - 1 { return start..<tokens.count }
    let upToTurn = try render(messages[...index], row).text
    if text.utf8.starts(with: upToTurn.utf8) { return start..<max(start, count(of: upToTurn, in: tokens)) }
    // Templates that shorten earlier answers, as those that leave out their reasoning, still end them in the same way.
    guard let end = tokens[start...].firstIndex(where: tokenizer.endOfGenerationIDs.contains) else {
      throw .turnNotFound(row: row, message: index)
    }
    return start..<end + 1
  }

  /// How many of the tokens belong to the beginning of the text; one that reaches beyond it does not.
  private func count(of beginning: String, in tokens: [Int]) -> Int {
    zip(tokenizer.idsWithBeginning(of: beginning), tokens).prefix { $0 == $1 }.count
  }

  private func render(
    _ messages: ArraySlice<RowMessage>, _ row: Int, addsGenerationPrompt: Bool = false
  ) throws(TrainingDataError) -> RenderedChat {
    var options = ChatOptions()
    options.addsGenerationPrompt = addsGenerationPrompt
    if let text = tokenizer.bosToken { options.variables["bos_token"] = .string(text) }
    if let text = tokenizer.eosToken { options.variables["eos_token"] = .string(text) }
    do {
      return try template.render(messages.map { ChatMessage(role: $0.role, content: $0.content) }, options)
    } catch {
      throw .templateFailed(row: row, line: error.line, reason: "\(error.reason)")
    }
  }
}
