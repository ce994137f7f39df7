import CTensorKernels
import Foundation

/// One set of inner loops, chosen once when the process starts.
package struct InstructionSet: Sendable {
  /// The table of functions.
  package let kernels: tk_kernels

  /// How the set is called: `plain`, `avx2`, `avxvnni`, `avx512` or `avx512vnni`; on ARM `plain`, `neon` or `neondot`.
  package var name: String { String(cString: kernels.name) }

  /// The sets that this processor has, the plain one first and the fastest last.
  package static let available: [InstructionSet] = [
    tk_kernels_plain(), tk_kernels_avx2(), tk_kernels_avxvnni(), tk_kernels_avx512(), tk_kernels_avx512vnni(),
    tk_kernels_neon(), tk_kernels_neondot(),
  ].compactMap { $0.map { InstructionSet(kernels: $0.pointee) } }

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

// The table holds only addresses of functions and of a string constant.
extension tk_kernels: @unchecked @retroactive Sendable {}
