import Foundation

/// What the system says about this processor.
package struct Processor: Sendable {
  /// Such as `AMD EPYC 9354`; `unknown processor` where the system does not tell.
  package let name: String
  /// Its features in the words of Linux, such as `avx512_bf16`.
  package let features: Set<String>

  package static let current = Processor(
    description: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")

  /// Reads the first processor of `/proc/cpuinfo`.
  package init(description: String) {
    var fields: [Substring: String] = [:]
    for line in description.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty, !fields.isEmpty { break }
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      fields[parts[0].trimmed] = String(parts[1].trimmed)
    }
    name = fields["model name"] ?? fields["Processor"] ?? "unknown processor"
    features = Set((fields["flags"] ?? fields["Features"] ?? "").split(separator: " ").map(String.init))
  }

  /// Whether it has the AVX-512 that the engine and OpenBLAS use: F, BW, DQ and VL.
  var hasAVX512: Bool { features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) }

  /// The features that matter for matrices, in the order in which they came to be.
  var matrixFeatures: [String] {
    [
      "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16",
      "amx_bf16",
      "asimd", "asimddp", "i8mm", "bf16", "sve",
    ].filter(features.contains)
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    guard let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return self[...last].drop(while: \.isWhitespace)
  }
}
