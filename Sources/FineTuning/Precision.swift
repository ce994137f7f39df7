import TensorCore

/// The numbers that products with frozen weights take; sums, adapters, gradients and the optimizer are always float32.
package enum Precision: String, Sendable, CaseIterable {
  case float32
  /// 16-bit floats with the range of 32-bit ones.
  case bfloat16

  /// What this processor computes with when it is asked for this: float32 where it has no products of bfloat16.
  package var onThisProcessor: Precision {
    self == .bfloat16 && InstructionSet.current.bfloats == nil ? .float32 : self
  }
}
