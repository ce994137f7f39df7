import CTensorKernels

extension InstructionSet {
  /// Products of bfloat16 pairs with float32 sums; `nil` where the processor has no instruction for them.
  package static let bfloats: tk_bfloat_kernels? = tk_bfloats_avx512().map { $0.pointee }
}

// The table holds only addresses of functions.
extension tk_bfloat_kernels: @unchecked @retroactive Sendable {}
