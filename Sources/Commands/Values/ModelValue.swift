import CommandLanguage
import Figures
import Foundation
import Generation
import LanguageModels
import ModelFiles
import Quantization
import Synchronization

/// A language model as a cell holds it.
package final class ModelValue: CommandObject {
  package static let typeName = "Model"
  package let model: LanguageModel

  /// The last result of `quantized`, so that a cell that is run again is instant.
  private let lastQuantized = Mutex<(format: WeightFormat, value: ModelValue)?>(nil)

  /// The conversation that `chat` goes on with.
  private let lastConversation = Mutex<(system: String?, template: String?, conversation: Conversation)?>(nil)

  package init(_ model: LanguageModel) { self.model = model }

  deinit { KeptContexts.shared.forget(ObjectIdentifier(self)) }

  /// Lends a context that may have read what a text begins with: this value's own, for its model never changes.
  func withContext<Result>(_ body: (PrefixContext) throws -> Result) rethrows -> Result {
    try KeptContexts.shared.lend(ObjectIdentifier(self), model, body)
  }

  package var description: String {
    let size = NumberText.bytes(model.byteCount)
    let parameters = NumberText.count(model.parameterCount)
    return "\(model.configuration.name): \(parameters) parameters, \(formats), \(size)\(adapterText)"
  }

  /// The value made before in the same format, or a new one, which is then remembered.
  func quantized(_ format: WeightFormat, make: () throws -> LanguageModel) rethrows -> (value: ModelValue, isNew: Bool)
  {
    if let last = lastQuantized.withLock({ $0 }), last.format == format { return (last.value, false) }
    let value = ModelValue(try make())
    lastQuantized.withLock { $0 = (format, value) }
    return (value, true)
  }

  /// The conversation so far; a new one for another system text or template than before.
  ///
  /// A `system` of nil goes on with whatever was said.
  func conversation(system: String?, template: String?, startingOver: Bool) throws -> Conversation {
    try lastConversation.withLock { last in
      if let last, !startingOver, system == nil || system == last.system, template == nil || template == last.template {
        return last.conversation
      }
      let conversation = try Conversation(model, system: system, template: template)
      last = (system, template, conversation)
      return conversation
    }
  }

  private var formats: String {
    var names: [String] = []
    for block in model.blocks {
      for layer in LinearLayer.allCases where !names.contains(block[layer].formatName) {
        names.append(block[layer].formatName)
      }
    }
    return names.joined(separator: ", ")
  }

  private var adapterText: String {
    guard let adapter = model.adapter else { return "" }
    return
      ", \(adapter.isWeightDecomposed ? "DoRA" : "LoRA") of rank \(adapter.options.rank) with \(NumberText.count(adapter.parameterCount)) parameters"
  }
}

/// Low-rank adapters that are to be attached: `LoRA(rank: 8, targets: [.q, .v])`.
package struct LoRAValue: CommandObject {
  package static let typeName = "LoRA"
  package let options: LoRA

  package var description: String {
    var parts = [
      "rank: \(options.rank)", "alpha: \(options.alpha)", "dropout: \(options.dropout)",
      "targets: \(Self.text(options.targets))",
    ]
    if let excluded = options.excluded { parts.append("excluding: \(Self.text(excluded))") }
    if let blocks = options.blocks { parts.append("layers: \(blocks.sorted())") }
    if !options.rankPattern.isEmpty { parts.append("rankPattern: \(Self.text(options.rankPattern))") }
    if !options.alphaPattern.isEmpty { parts.append("alphaPattern: \(Self.text(options.alphaPattern))") }
    if options.isRankStabilized { parts.append("scaling: .rankStabilized") }
    if options.initialization != .default { parts.append("initialization: .\(options.initialization)") }
    return "\(options.isWeightDecomposed ? "DoRA" : "LoRA")(\(parts.joined(separator: ", ")))"
  }

  private static func text(_ names: ModuleNames) -> String {
    switch names {
    case .pattern(let text): "\"\(text)\""
    case .endings(let names):
      "[" + LinearLayer.allCases.filter { names.contains($0.moduleName) }.map { ".\($0.name)" }.joined(separator: ", ")
        + "]"
    }
  }

  private static func text(_ patterns: [ModulePattern: some CustomStringConvertible]) -> String {
    "[" + patterns.map { "\"\($0.key.text)\": \($0.value)" }.sorted().joined(separator: ", ") + "]"
  }
}
