import ModelFiles
import Quantization

/// A tensor of a model on its way into a file.
struct ExportedTensor {
  enum Content {
    case matrix(WeightMatrix)
    /// Gains of a norm, a bias, or divisors of frequencies.
    case vector([Float])
  }

  let role: TensorRole
  let content: Content
}

extension LanguageModel {
  /// All tensors but the divisors of the rotation frequencies, in the order of transformers' names, blocks by number.
  var exportedTensors: [ExportedTensor] {
    var tensors: [ExportedTensor] = []
    if let outputHead { tensors.append(ExportedTensor(role: .outputHead, content: .matrix(outputHead))) }
    tensors.append(ExportedTensor(role: .tokenEmbedding, content: .matrix(tokenEmbedding)))
    for index in blocks.indices { tensors += exportedTensors(ofBlock: index) }
    tensors.append(ExportedTensor(role: .outputNorm, content: .vector(outputNorm)))
    return tensors
  }

  private func exportedTensors(ofBlock index: Int) -> [ExportedTensor] {
    let block = blocks[index]
    var tensors: [ExportedTensor] = []
    for layer in LinearLayer.allCases {
      tensors.append(ExportedTensor(role: .linear(layer, block: index), content: .matrix(block[layer])))
      if let bias = block.bias(of: layer) {
        tensors.append(ExportedTensor(role: .bias(layer, block: index), content: .vector(bias)))
      }
    }
    for norm in BlockNorm.allCases {
      if let gain = block.gain(of: norm) {
        tensors.append(ExportedTensor(role: .norm(norm, block: index), content: .vector(gain)))
      }
    }
    let hasPostNorms = configuration.architecture.hasPostNorms
    return tensors.sorted {
      ($0.role.huggingFaceName(hasPostNorms: hasPostNorms) ?? "")
        < ($1.role.huggingFaceName(hasPostNorms: hasPostNorms) ?? "")
    }
  }
}
