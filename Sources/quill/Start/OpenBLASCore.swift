import Foundation
import TensorCore

/// The kernels that OpenBLAS computes with.
///
/// OpenBLAS chooses them when it is loaded, and its 0.3.21 takes AMD's processors with AVX-512 (Zen 4 and later) for a
/// Haswell, which leaves half of the arithmetic unused, and Intel's newest (Emerald Rapids) for a Prescott of 2004. The
/// environment variable `OPENBLAS_CORETYPE` corrects it, but has to be there before the program starts: so the program starts
/// itself once more.
package enum OpenBLASCore {
  private static let variable = "OPENBLAS_CORETYPE"
  /// Says that the program was started by itself, so that a core which OpenBLAS refuses does not make it go on for ever.
  private static let guardVariable = "QUILL_CORE_CHOSEN"

  /// The core that should be set for a processor, or `nil` when OpenBLAS has chosen well.
  ///
  /// - Parameter chosen: The name of OpenBLAS's choice.
  package static func correction(of chosen: String, on processor: @autoclosure () -> Processor) -> String? {
    let processor = processor()
    if processor.hasAVX512 {
      if cores512.contains(chosen.lowercased()) { return nil }
      return processor.features.contains("avx512_bf16") ? "Cooperlake" : "SkylakeX"
    }
    let isNarrow = processor.features.isSuperset(of: ["avx2", "fma"]) && cores128.contains(chosen.lowercased())
    return isNarrow ? "Haswell" : nil
  }

  /// The cores of x86 that use vectors of 512 bits, and those that use no more than 128.
  private static let cores512: Set = ["skylakex", "cooperlake", "sapphirerapids"]
  private static let cores128: Set = ["prescott", "core2", "penryn", "dunnington", "nehalem", "atom"]

  /// Starts the program anew with the right core where OpenBLAS has chosen a wrong one; returns where it has not.
  static func choose() {
    #if os(Linux)
      let environment = ProcessInfo.processInfo.environment
      guard environment[variable] == nil, environment[guardVariable] == nil,
        let core = correction(of: MatrixProduct.coreName, on: .current)
      else { return }
      setenv(variable, core, 1)
      setenv(guardVariable, "1", 1)
      var arguments = CommandLine.arguments.map { strdup($0) }
      arguments.append(nil)
      execv("/proc/self/exe", &arguments)
    // Without a second start everything works, only more slowly; `quill doctor` says so.
    #endif
  }
}
