import CommandLanguage
import Figures
import LanguageModels
import ModelFiles

extension AttachmentError: CommandFailure {
  package var message: String {
    switch self {
    case .noTarget(let lora, let blocks):
      "no layer of the model's \(NumberText.count(blocks)) blocks is a target\(Self.text(lora.targets))"
    case .unknownModule(let name): "the model has no layer '\(name)'"
    case .unreadablePattern(let text): "'\(text)' is no regular expression that Quill reads"
    case .unusedPattern(let field, let text): "no target matches '\(text)' in \(Self.parameter(field))"
    case .ambiguousPattern(let field, let module):
      "several patterns in \(Self.parameter(field)) give '\(module)' different numbers"
    case .quantizedWeight(let module, let format):
      "PiSSA takes its part off the weights, and '\(module)' is stored as \(format)"
    case .rankTooLarge(let module, let limit):
      "'\(module)' has no more than \(NumberText.count(limit)) directions, and PiSSA takes one for each rank"
    case .notDecomposable(let module): "'\(module)' has weights that are infinite or not a number"
    case .incompleteWeights: "the model's weights lack what its PiSSA adapter took off them"
    }
  }

  package var help: String? {
    switch self {
    case .noTarget(let lora, _):
      if case .pattern = lora.targets {
        "a text must match a whole name: '.*q_proj' matches model.layers.0.self_attn.q_proj; \(Self.names)"
      } else {
        Self.names
      }
    case .unknownModule, .unusedPattern: Self.names
    case .unreadablePattern: "it knows . \\d \\w [abc] (a|b) * + ? {2,3} ^ and $"
    case .ambiguousPattern: "write patterns of which one matches each layer"
    case .quantizedWeight:
      "attach it to the model in floats and quantize then: load(\"model\").attaching(LoRA(initialization: .pissa)).quantized(to: .nf4)"
    case .rankTooLarge: "choose a smaller rank"
    case .notDecomposable: "the file is damaged: load the model again"
    case .incompleteWeights: "go on from the model that the adapter was attached to; it stayed as it was"
    }
  }

  private static func text(_ names: ModuleNames) -> String {
    switch names {
    case .pattern(let text): " that '\(text)' matches"
    case .endings(let names): " of \(names.joined(separator: ", "))"
    }
  }

  private static func parameter(_ field: String) -> String { field == "rank_pattern" ? "rankPattern" : "alphaPattern" }

  private static let names =
    "the layers of a block are "
    + LinearLayer.allCases.map { "\($0.moduleParent).\($0.moduleName)" }.joined(separator: ", ")
}
