import LanguageModels
import Tokenization

/// Continues texts with a model, one token after the other.
package struct TextGenerator {
  private let context: PrefixContext

  /// A generator with an empty memory.
  package init(_ model: LanguageModel) { context = PrefixContext(model) }

  /// A generator that goes on from what a context has read.
  package init(_ context: PrefixContext) { self.context = context }

  /// Continues a prompt.
  ///
  /// - Parameters:
  ///   - onText: Receives the text piece by piece; a piece never ends inside a character.
  ///   - isCancelled: Asked at every block of every token.
  /// - Throws: ``ModelError``, ``SamplingError``; `CancellationError`, after `onText` has seen everything so far.
  package func generate(
    _ prompt: String, _ options: GenerationOptions, isCancelled: () -> Bool = { false },
    onText: @escaping (String) -> Void = { _ in }
  ) throws -> Generation {
    let tokenizer = context.model.tokenizer
    var ids = tokenizer.ids(of: prompt)
    if ids.isEmpty, let beginning = tokenizer.beginningOfSequenceID { ids = [beginning] }
    return try generate(after: ids, prompt: prompt, options, isCancelled: isCancelled, onText: onText)
  }

  /// Continues token ids.
  ///
  /// - Parameter prompt: The text of the ids, for the result.
  /// - Throws: As ``generate(_:_:isCancelled:onText:)``.
  package func generate(
    after ids: [Int], prompt: String, _ options: GenerationOptions, isCancelled: () -> Bool = { false },
    onText: @escaping (String) -> Void = { _ in }
  ) throws -> Generation {
    let model = context.model
    var sampler = try Sampler(options.sampling)
    var output = try StreamedText(model.tokenizer, stop: options.stop, onText)
    var history = ids
    var reader = SpeculativeReader(context, draftTokens: options.draftTokens)
    let start = ContinuousClock.now
    let reused = try reader.read(history, isCancelled: isCancelled)
    let firstToken = ContinuousClock.now

    var steps: [Generation.Step] = []
    var reason = Generation.StopReason.maxTokens
    while steps.count < options.maxTokens {
      let next = try reader.withLogits { try sampler.sample(from: $0, history: history) }
      if model.tokenizer.endOfGenerationIDs.contains(next.id) {
        reason = .endOfText
        break
      }
      history.append(next.id)
      steps.append(
        Generation.Step(id: next.id, text: try model.tokenizer.token(next.id).text, probability: next.probability))
      if try output.append(next.id) {
        reason = .stopText
        break
      }
      if steps.count == options.maxTokens { break }
      let room = min(options.maxTokens - steps.count, model.configuration.contextLength - history.count)
      if room <= 0 {
        reason = .contextFull
        break
      }
      try reader.append(next.id, room: room - 1, isCancelled: isCancelled)
    }
    let end = ContinuousClock.now
    return Generation(
      prompt: prompt, text: output.finish(), steps: steps, stopReason: reason, promptTokens: ids.count,
      reusedTokens: reused, draftedTokens: reader.drafted, acceptedTokens: reader.accepted,
      promptSeconds: (firstToken - start) / .seconds(1), seconds: (end - firstToken) / .seconds(1))
  }
}

/// Tokens on their way to text: whole characters only, and nothing of a stop text.
private struct StreamedText {
  private var decoder: StreamDecoder
  private var stops: StopStrings
  private(set) var text = ""
  private let onText: (String) -> Void

  init(_ tokenizer: Tokenizer, stop: [String], _ onText: @escaping (String) -> Void) throws {
    decoder = StreamDecoder(tokenizer)
    stops = try StopStrings(stop)
    self.onText = onText
  }

  /// Takes a token; says whether a stop text is complete.
  mutating func append(_ id: Int) throws -> Bool {
    emit(stops.append(try decoder.append(id)))
    return stops.match != nil
  }

  /// The whole text, after what was held back was handed out.
  mutating func finish() -> String {
    if stops.match == nil {
      emit(stops.append(decoder.finish()))
      emit(stops.finish())
    }
    return text
  }

  private mutating func emit(_ piece: String) {
    if piece.isEmpty { return }
    text += piece
    onText(piece)
  }
}
