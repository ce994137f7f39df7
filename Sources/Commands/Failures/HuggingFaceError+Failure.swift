import CommandLanguage
import Figures
import ModelFiles

extension HuggingFaceError: CommandFailure {
  package var message: String {
    switch reason {
    case .notJSON: "'\(path)' is not a JSON object"
    case .missingKey(let key): "'\(path)' does not say \"\(key)\""
    case .key(let key, let found, let expected):
      "'\(path)' has \(found) as \"\(key)\"; \(expected) was expected"
    case .modelType(let name, let known):
      "'\(path)' describes a model of the type '\(name)'; Quill runs \(known.joined(separator: ", "))"
    case .noSafetensors(let found?): "'\(path)' has its weights in '\(found)', not in safetensors"
    case .noSafetensors(nil): "'\(path)' has a config.json but no weights"
    case .missingShard(let name): "'\(path)' names the file '\(name)', which is not there"
    case .shardName(let name): "'\(path)' names the file '\(name)', which would lie outside of the folder"
    case .tensorNotInShard(let name): "'\(path)' does not have the tensor '\(name)' that the index promises in it"
    case .duplicateTensor(let name): "'\(path)' has the tensor '\(name)', which another file of the folder has too"
    case .missingTensor(let name): "'\(path)' has no tensor '\(name)'"
    case .unknownTensor(let name): "'\(path)' has the tensor '\(name)', which Quill's model has no place for"
    case .tensorShape(let name, let found, let expected):
      "tensor '\(name)' of '\(path)' is \(shape(found)); config.json asks for \(shape(expected))"
    case .tensorType(let name, let found, let expected):
      "tensor '\(name)' of '\(path)' has the number type \(found); \(expected) was expected"
    case .quantization(let name, let error):
      "the quantized tensor '\(name)' of '\(path)' does not fit together: \(error.message)"
    case .noModel(let found?): "'\(path)' holds \(found), no model"
    case .noModel(nil): "'\(path)' holds no model"
    case .severalModels(let names): "'\(path)' holds several models: \(names.joined(separator: ", "))"
    case .adapter(let base):
      "'\(path)' holds an adapter, not a model" + (base.map { "; its base is '\($0)'" } ?? "")
    }
  }

  package var help: String? {
    switch reason {
    case .notJSON, .missingKey:
      "the folder should hold config.json as transformers' save_pretrained writes it: fetch it again"
    case .key: "Quill does not compute that; take another version of the model"
    case .modelType: "a model of another family needs another program"
    case .noSafetensors(found: .some):
      "most repositories on the hub have safetensors too; in Python: model.save_pretrained(folder, safe_serialization=True)"
    case .noSafetensors, .missingShard, .tensorNotInShard, .missingTensor: "the download is not whole: fetch it again"
    case .shardName, .duplicateTensor: "the folder was made by a faulty program: do not use it"
    case .unknownTensor: "without it the answers would be wrong; take a version of the model without it"
    case .tensorShape, .tensorType, .quantization:
      "config.json and the weights belong to different models, or the files are damaged"
    case .noModel: "give a .gguf file, or a folder with config.json and safetensors"
    case .severalModels: "name one: load(\"folder/model.gguf\")"
    case .adapter: "load the base first: load(\"base\").loadingAdapter(from: \"\(path)\")"
    }
  }

  private func shape(_ sizes: [Int]) -> String { sizes.map(NumberText.count).joined(separator: " × ") }
}

extension ChangedFileError: CommandFailure {
  package var message: String { "'\(path)' was changed after it was opened" }
  package var help: String? { "load it again, and let no other program write to it meanwhile" }
}
