import JSONValue
import SwiftSyntax

extension Session {
  /// The help about what the cursor is on: a command, a parameter, a variable, a leading-dot name.
  ///
  /// Inside the parentheses of a call, with nothing under the cursor that has help, it is about the call.
  ///
  /// - Parameters:
  ///   - source: The text of the cell.
  ///   - cursor: The place, in Unicode code points from the start of the cell.
  ///   - detail: 0 for a short form, 1 for the whole page.
  /// - Returns: A bundle with `text/plain` and `text/markdown`, or `nil` when there is nothing to say.
  package func inspect(_ source: String, at cursor: Int, detail: Int = 0) -> [String: JSONValue]? {
    let place = CursorPlace(source: source, cursor: cursor, registry: registry, globals: globals)
    return Inspector(place: place, isShort: detail == 0).bundle()
  }
}

/// Finds what the cursor is on.
struct Inspector {
  let place: CursorPlace
  let isShort: Bool

  func bundle() -> [String: JSONValue]? {
    guard let index = wordIndex() else {
      return callBundle(before: place.tokens.index(before: place.offset).map { $0 + 1 })
    }
    if let parameter = parameter(at: index) { return bundle(parameter) }
    if let symbol = place.symbol(at: index), let topic = place.registry.topic(symbol: symbol.name) {
      return bundle(topic)
    }
    if let variable = variable(at: index) { return bundle(variable) }
    if let command = place.command(at: index) { return bundle(.commands([command])) }
    if let topic = place.registry.topic(place.tokens[index].text) { return bundle(topic) }
    return callBundle(before: index)
  }

  /// The word that the cursor is in or behind.
  private func wordIndex() -> Int? {
    let touching = place.tokens.tokens.indices.filter {
      place.tokens[$0].lower <= place.offset && place.offset <= place.tokens[$0].upper && place.tokens[$0].isWord
    }
    return touching.last
  }

  private func callBundle(before index: Int?) -> [String: JSONValue]? {
    guard let index, let call = place.tokens.openCall(before: index, throughClosures: true) else { return nil }
    if let symbol = place.symbol(at: call.callee), let topic = place.registry.topic(symbol: symbol.name) {
      return bundle(topic)
    }
    return place.command(at: call.callee).flatMap { bundle(.commands([$0])) }
  }

  /// The parameter whose label is the token at an index.
  private func parameter(at index: Int) -> Parameter? {
    guard index + 1 < place.tokens.tokens.count, place.tokens[index + 1].kind == .colon,
      let call = place.tokens.openCall(before: index)
    else { return nil }
    return place.parameters(of: call).first { $0.name == place.tokens[index].text }
  }

  private func variable(at index: Int) -> HelpTopic? {
    let isMember = index > 0 && place.tokens[index - 1].kind == .period
    let name = place.tokens[index].text
    guard !isMember, let value = place.globals.binding(name)?.value else { return nil }
    return .variable(name, value, place.registry.members(of: value.type))
  }

  private func bundle(_ topic: HelpTopic) -> [String: JSONValue] {
    guard isShort, case .commands(let commands) = topic, let command = commands.first, commands.count == 1 else {
      return topic.display()
    }
    let page = HelpPage(.commands([command.brief]))
    return ["text/plain": .string(page.text), "text/markdown": .string(page.markdown)]
  }

  private func bundle(_ parameter: Parameter) -> [String: JSONValue] {
    [
      "text/plain": .string(PlainHelp().page(parameter)),
      "text/markdown": .string(MarkdownHelp().page(parameter)),
    ]
  }
}

extension Command {
  /// The command without example, neighbours and source, for a tooltip.
  fileprivate var brief: Command {
    Command(
      kind: kind, name: name, receiver: receiver, parameters: parameters, freeLabels: freeLabels, result: result,
      summary: summary, discussion: "", example: "", neighbours: [:], source: nil, body: body)
  }
}
