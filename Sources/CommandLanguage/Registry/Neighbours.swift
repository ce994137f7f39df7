/// The names that other tools give to a command or parameter: `["PEFT": "lora_alpha", "mlx": "scale"]`.
///
/// Help lists them, and typing one of them leads to ours.
package struct Neighbours: Sendable, ExpressibleByDictionaryLiteral {
  /// One tool's name for the thing.
  package struct Name: Sendable, Hashable {
    package let tool: String
    package let name: String
  }

  package let names: [Name]

  /// The tool's name stands left, its word right; a tool may occur several times.
  package init(dictionaryLiteral elements: (String, String)...) {
    names = elements.map { Name(tool: $0.0, name: $0.1) }
  }

  package var isEmpty: Bool { names.isEmpty }

  /// The tool that uses this word, however it writes capitals, underscores and leading dashes.
  package func tool(saying word: String) -> String? {
    let plain = Self.plain(word)
    return names.first { Self.plain($0.name) == plain }?.tool
  }

  private static func plain(_ word: String) -> String {
    word.lowercased().filter { $0 != "_" && $0 != "-" }
  }
}

extension Neighbours: CustomStringConvertible {
  package var description: String { names.map { "\($0.tool) \($0.name)" }.joined(separator: ", ") }
}
