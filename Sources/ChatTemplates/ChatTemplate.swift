import Foundation

/// A chat template: the Jinja text with which a model wants its conversations written.
///
/// It is run by an interpreter of its own that gives the text that jinja2 gives in transformers' settings, and that reaches
/// nothing but the values it is given.
package struct ChatTemplate: Sendable {
  /// The template's text.
  package let source: String
  private let body: Block

  /// Parses a template.
  ///
  /// - Throws: ``TemplateError``, for a source that jinja2 refuses too, and for one beyond the limits.
  package init(_ source: String, limits: TemplateLimits = .standard) throws(TemplateError) {
    self.source = source
    do {
      body = try Parser.parse(source, limits: limits)
    } catch let error as TemplateError {
      throw error
    } catch {
      throw TemplateError(line: 1, reason: .undefined("\(error)"))
    }
  }

  /// The text of a conversation.
  ///
  /// - Parameters:
  ///   - variables: What the template can read: `messages`, `tools`, `add_generation_prompt`, `bos_token` and the like.
  ///   - clock: The time that the template may write, as those of Llama 3 do.
  /// - Throws: ``TemplateError``, among them ``TemplateError/Reason/raised(message:)`` when the template refuses the
  ///   conversation.
  package func render(
    _ variables: [String: TemplateValue], clock: TemplateClock = TemplateClock(), limits: TemplateLimits = .standard
  ) throws(TemplateError) -> String {
    try rendering(variables, clock: clock, limits: limits).text
  }

  /// The text of a conversation, and which parts of it the template marks as the assistant's by `{% generation %}`.
  package func rendering(
    _ variables: [String: TemplateValue], clock: TemplateClock = TemplateClock(), limits: TemplateLimits = .standard
  ) throws(TemplateError) -> RenderedChat {
    var line = 1
    do {
      let interpreter = try Interpreter(context: variables, clock: clock, limits: limits)
      defer { line = interpreter.line }
      let text = try interpreter.run(body)
      return RenderedChat(text: Text(text).string, assistantRanges: interpreter.generated)
    } catch let reason as TemplateError.Reason {
      throw TemplateError(line: line, reason: reason)
    } catch {
      throw TemplateError(line: line, reason: .undefined("\(error)"))
    }
  }
}

/// A conversation as a template wrote it.
package struct RenderedChat: Sendable, Hashable {
  package let text: String
  /// The assistant's parts, in Unicode scalars from the start of the text.
  package let assistantRanges: [Range<Int>]
}

extension Value {
  /// The value of what a template is given.
  ///
  /// - Throws: ``TemplateError/Reason/limit(_:_:)`` when it is nested too deep.
  init(_ value: TemplateValue) throws {
    switch value {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .float(value)
    case .string(let value): self = .text(value)
    case .array(let elements): self = try .list(elements.map(Value.init))
    case .object(let members):
      self = .dictionary(try ValueDictionary(try members.map { (.text($0.name), try Value($0.value)) }))
    }
  }
}
