import CTensorKernels
import Foundation

/// One set of inner loops, chosen once when the process starts.
package struct InstructionSet: Sendable {
  /// How the set is called: `plain`, `avx2`, `avxvnni`, `avx512`, `avx512vnni` or `amx`; on ARM `plain`, `neon` or
  /// `neondot`.
  package let name: String

  /// The table of functions.
  package let kernels: tk_kernels

  /// Products of bfloat16 pairs with float32 sums; `nil` where the set has no instruction for them.
  package let bfloats: tk_bfloat_kernels?

  /// Whether the products of bfloat16 are a matrix unit's, many times as fast as any product of vectors.
  package let hasMatrixUnit: Bool

  private init(_ kernels: tk_kernels) {
    name = String(cString: kernels.name)
    self.kernels = kernels
    bfloats = name == "avx512vnni" ? tk_bfloats_avx512()?.pointee : nil
    hasMatrixUnit = false
  }

  /// The vectors of another set, and a matrix unit beside them.
  private init(_ vectors: InstructionSet, matrixUnit: tk_bfloat_kernels) {
    name = "amx"
    kernels = vectors.kernels
    bfloats = matrixUnit
    hasMatrixUnit = true
  }

  /// The sets that this processor has, the plain one first and the fastest last.
  package static let available: [InstructionSet] = {
    let vectors = [
      tk_kernels_plain(), tk_kernels_avx2(), tk_kernels_avxvnni(), tk_kernels_avx512(), tk_kernels_avx512vnni(),
      tk_kernels_neon(), tk_kernels_neondot(),
    ].compactMap { $0.map { InstructionSet($0.pointee) } }
    guard let widest = vectors.last, widest.bfloats != nil, let unit = tk_bfloats_amx()?.pointee else { return vectors }
    return vectors + [InstructionSet(widest, matrixUnit: unit)]
  }()

  /// The set in use: the one that the environment variable `QUILL_ISA` names, or else the fastest.
  ///
  /// A name that this processor does not have stops the process with a message: a silent other choice would make a
  /// measurement lie.
  package static let current: InstructionSet = {
    guard let name = ProcessInfo.processInfo.environment["QUILL_ISA"] else { return available[available.count - 1] }
    guard let chosen = available.first(where: { $0.name == name }) else {
      let names = available.map(\.name).joined(separator: ", ")
      fatalError("QUILL_ISA is '\(name)', this processor has: \(names)")
    }
    return chosen
  }()
}

// The tables hold only addresses of functions and of string constants.
extension tk_kernels: @unchecked @retroactive Sendable {}
extension tk_bfloat_kernels: @unchecked @retroactive Sendable {}
