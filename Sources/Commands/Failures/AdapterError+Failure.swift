import CommandLanguage
import Figures
import ModelFiles

extension AdapterError: CommandFailure {
  package var message: String {
    switch reason {
    case .configurationNotJSON: "'\(path)' is not a JSON object"
    case .unsupported("peft_type", let value): "'\(path)' describes an adapter of the type \(value); Quill reads LORA"
    case .unsupported(let field, let value): "'\(path)' asks for \"\(field)\": \(value), which Quill does not have"
    case .noSafetensors(let found): "'\(path)' has its matrices in '\(found)', not in adapter_model.safetensors"
    case .notTargeted(let module):
      "'\(path)' has matrices for '\(module)', which \"target_modules\" of adapter_config.json does not name"
    case .field(let field, let expected): "'\(path)' should have \(expected) as \"\(field)\""
    case .unknownTensor(let name): "'\(path)' has the tensor '\(name)', which belongs to no LoRA pair"
    case .missingTensor(let name): "'\(path)' has no tensor '\(name)', which belongs to its pair"
    case .rank(let module, let found, let expected):
      "'\(module)' in '\(path)' has the rank \(NumberText.count(found)); adapter_config.json says \(NumberText.count(expected))"
    case .empty: "'\(path)' has no LoRA matrices"
    case .unknownModule(let module, _): "the adapter in '\(path)' belongs to '\(module)', which the model does not have"
    case .magnitudes(let module, let found, let expected):
      "'\(module)' in '\(path)' has \(NumberText.count(found)) magnitudes; the model's layer has \(NumberText.count(expected)) outputs"
    case .shape(let module, let found, let expected):
      "the adapter of '\(module)' in '\(path)' is for a layer of \(shape(found)); the model's is \(shape(expected))"
    }
  }

  package var help: String? {
    switch reason {
    case .configurationNotJSON:
      "the folder should hold adapter_config.json and adapter_model.safetensors as PEFT or saveAdapter wrote them"
    case .unsupported("init_lora_weights", _):
      "such adapters change the base model too: in PEFT save with path_initial_model_for_weight_conversion, which makes a plain LoRA of it"
    case .unsupported("modules_to_save", _): "train it without modules_to_save: whole layers are no part of a LoRA"
    case .unsupported: "train it as plain LoRA or DoRA, without biases and other variants"
    case .noSafetensors:
      "in Python: PeftModel.from_pretrained(model, folder).save_pretrained(folder) writes it as safetensors"
    case .notTargeted: "the two files belong to different adapters: save the adapter again"
    case .field: "correct the field, or save the adapter again"
    case .unknownTensor: "the names should look like base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
    case .missingTensor, .empty, .rank:
      "the file is not whole or belongs to another adapter_config.json: save the adapter again"
    case .unknownModule(_, let nearest?):
      "the nearest in this model is '\(nearest)'; an adapter fits only the model that it was trained on"
    case .unknownModule, .shape, .magnitudes:
      "an adapter fits only the model that it was trained on: load that one first"
    }
  }

  private func shape(_ sizes: [Int]) -> String { sizes.map(NumberText.count).joined(separator: " × ") }
}
