import LanguageModels
import ModelFiles
import TensorCore

/// A matrix that an optimizer moves, with what its group of parameters prescribes.
package struct TrainedParameter {
  /// Its key in PEFT's files.
  package let name: String
  package let matrix: Matrix
  /// The learning rate is multiplied by this.
  package let rateFactor: Double
  /// Whether weight decay applies, as Hugging Face's Trainer decides by the name.
  package let decays: Bool

  package init(name: String, matrix: Matrix, rateFactor: Double = 1) {
    self.name = name
    self.matrix = matrix
    self.rateFactor = rateFactor
    decays = Self.decays(name)
  }

  /// The matrices of an adapter in the order of its gradients.
  ///
  /// - Parameter loraPlusRatio: The factor of B and of DoRA's magnitudes, as PEFT's `create_loraplus_optimizer` groups them.
  package static func all(of adapter: Adapter, loraPlusRatio: Double) -> [TrainedParameter] {
    adapter.pairs.enumerated().flatMap { block, layers in
      LinearLayer.allCases.flatMap { layer -> [TrainedParameter] in
        guard let pair = layers[layer] else { return [] }
        let module = "base_model.model.\(layer.path(inBlock: block))"
        return AdapterGradients.parameters(of: [[layer: pair]]).map { parameter in
          TrainedParameter(
            name: module + parameter.role.suffix, matrix: parameter.matrix,
            rateFactor: parameter.role == .a ? 1 : loraPlusRatio)
        }
      }
    }
  }

  /// Trainer's rule: nothing called a bias or a norm.
  static func decays(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    return !["bias", "layernorm", "rmsnorm"].contains { name.contains($0) }
      && !parts.contains { $0 == "norm" || $0.hasSuffix("_norm") }
  }
}

extension AdapterParameter.Role {
  /// The end of the key in PEFT's files.
  fileprivate var suffix: String {
    switch self {
    case .a: ".lora_A.weight"
    case .b: ".lora_B.weight"
    case .magnitude: ".lora_magnitude_vector"
    }
  }
}
