import Quantization

/// What is wrong with a model in a Hugging Face folder.
package struct HuggingFaceError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case notJSON
    case missingKey(String)
    /// A value that is impossible, or that Quill does not compute with.
    case key(String, found: String, expected: String)
    case modelType(String, known: [String])
    /// The weights are in a form that Quill does not read, such as `pytorch_model.bin`; `nil` when there are none.
    case noSafetensors(found: String?)
    /// A file of the index that is not there.
    case missingShard(String)
    case shardName(String)
    /// A tensor that the index promises in a file that does not have it.
    case tensorNotInShard(String)
    /// Two files have a tensor of that name.
    case duplicateTensor(String)
    case missingTensor(String)
    /// A tensor that changes what the model computes, but not in a way that Quill knows.
    case unknownTensor(String)
    case tensorShape(String, found: [Int], expected: [Int])
    case tensorType(String, found: String, expected: String)
    /// A quantized tensor whose parts do not fit together.
    case quantization(String, QuantizationError)
    /// A folder without a model; what it has instead.
    case noModel(found: String?)
    case severalModels([String])
    /// A folder with an adapter, which needs its base model.
    case adapter(baseModel: String?)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
