import JSONValue

/// The files that a model or an adapter in Hugging Face's own form needs.
struct ModelFileChoice {
  private static let settingsOfModels: Set<String> = [
    "config.json", "generation_config.json", "quantization_config.json", "quantize_config.json", "tokenizer.json",
    "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
    "tokenizer.model", "chat_template.jinja", "chat_template.json",
  ]
  private static let filesOfAdapters: Set<String> = ["adapter_config.json", "adapter_model.safetensors"]
  static let index = "model.safetensors.index.json"

  private let files: [HubFile]

  /// - Parameter files: The files of the repository; those in folders are other forms of the model.
  init(_ files: [HubFile]) {
    self.files = files.filter(\.isAtRoot)
  }

  var isModel: Bool { has("config.json") && !weightsOutsideOfIndex.isEmpty }
  var isAdapter: Bool { Self.filesOfAdapters.allSatisfy(has) }

  /// The small files: configuration, tokenizer, chat template, and the index of weights in several files.
  var settings: [HubFile] {
    files.filter { Self.settingsOfModels.contains($0.path) || $0.path == Self.index && !has("model.safetensors") }
  }

  var adapter: [HubFile] {
    files.filter { Self.filesOfAdapters.contains($0.path) || Self.settingsOfModels.contains($0.path) }
  }

  /// The weights by transformers' order: one file, what the index names, else all safetensors.
  ///
  /// `consolidated…` holds the same weights once more, in Mistral's own form.
  ///
  /// - Parameter index: The content of the index, when there is one.
  /// - Returns: Files, and names in the index that the repository does not have.
  func weights(index: JSONValue?) -> (files: [HubFile], missing: [String]) {
    if !has("model.safetensors"), let names = index?["weight_map"]?.object?.values.compactMap(\.string) {
      let wanted = Set(names).sorted()
      let found = files.filter { wanted.contains($0.path) }
      return (found, wanted.filter { !has($0) })
    }
    return (weightsOutsideOfIndex, [])
  }

  private var weightsOutsideOfIndex: [HubFile] {
    if let whole = files.first(where: { $0.path == "model.safetensors" }) { return [whole] }
    return files.filter {
      $0.path.hasSuffix(".safetensors") && !$0.path.hasPrefix("consolidated") && !Self.filesOfAdapters.contains($0.path)
    }
  }

  private func has(_ path: String) -> Bool { files.contains { $0.path == path } }
}
