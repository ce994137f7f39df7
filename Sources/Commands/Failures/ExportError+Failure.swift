import CommandLanguage
import Figures
import LanguageModels
import ModelFiles

extension ExportError: CommandFailure {
  package var message: String {
    switch self {
    case .unmergedAdapter: "the model has an adapter beside its weights, which this kind of file has no place for"
    case .noAdapter: "the model has no adapter"
    case .decomposedAdapter: "the adapter is a DoRA, and llama.cpp's adapters have no magnitudes"
    case .format(let name, let known):
      "a GGUF file is not written in '\(name)'; known are \(known.joined(separator: ", "))"
    case .ropeFactors(let factors):
      "the rotation frequencies are scaled by \(NumberText.count(factors.count)) numbers that no 'rope_scaling' of transformers gives"
    case .biases(let layers, let architecture):
      "the model has biases on \(layers.map(\.moduleName).joined(separator: ", ")); transformers' \(architecture.rawValue) has them elsewhere"
    case .mixedQuantization(let first, let second):
      "the linear layers are in \(first) and in \(second); one 'quantization_config' names one format"
    case .folderHoldsAdapter(let path): "'\(path)' holds an adapter, and transformers would take the model for its base"
    }
  }

  package var help: String? {
    switch self {
    case .unmergedAdapter: "merge it first: model.merged(); or write it alone: saveAdapter(to:), exportAdapter(to:)"
    case .noAdapter:
      "attach one: model.attaching(LoRA(rank: 8)), or read one: model.loadingAdapter(from: \"qlora-out\")"
    case .decomposedAdapter: "merge it: model.merged().export(to: \"tuned.gguf\", as: .q8_0)"
    case .format: nil
    case .ropeFactors, .biases: "write it as GGUF: model.export(to: \"model.gguf\", as: .f16)"
    case .mixedQuantization: "quantize all of them alike: model.quantized(to: .nf4)"
    case .folderHoldsAdapter: "choose another folder"
    }
  }
}
