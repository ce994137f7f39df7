import Foundation
import TensorCore

/// Processor, instruction set, OpenBLAS and threads.
enum ProcessorCheck {
  static var findings: [Finding] { [processor, instructionSet, openBLAS, threads] }

  private static var processor: Finding {
    let features = Processor.current.matrixFeatures
    return .ok(
      "processor",
      "\(Processor.current.name) (\(features.isEmpty ? "no vector features known" : features.joined(separator: " ")))")
  }

  private static var instructionSet: Finding {
    let (current, fastest) = (InstructionSet.current.name, InstructionSet.available.last?.name ?? "")
    let text = "\(current), of \(InstructionSet.available.map(\.name).joined(separator: ", "))"
    if current == fastest { return .ok("kernels", text) }
    return .warn("kernels", text + ", because QUILL_ISA says so", remedy: "unset QUILL_ISA to use \(fastest)")
  }

  private static var openBLAS: Finding {
    let core = MatrixProduct.coreName
    let version = MatrixProduct.configuration.split(separator: " ").prefix(2).joined(separator: " ")
    let text = "\(version), core \(core)"
    guard let right = OpenBLASCore.correction(of: core, on: .current) else { return .ok("openblas", text) }
    return .warn(
      "openblas", text + ", which uses half of this processor's vectors",
      remedy: "set OPENBLAS_CORETYPE=\(right), or unset it")
  }

  private static var threads: Finding {
    let (threads, processors) = (ThreadPool.shared.threads, ProcessInfo.processInfo.activeProcessorCount)
    let text = "\(threads) of \(processors) processors"
    if let quota = ControlGroup.processors, Double(threads) > quota.rounded(.up) {
      return .warn(
        "threads", text + String(format: "; this container may use %.1f", quota),
        remedy: "set QUILL_THREADS=\(Int(quota.rounded(.up)))")
    }
    if threads > processors {
      return .warn("threads", text, remedy: "set QUILL_THREADS to \(processors) or less, or unset it")
    }
    return .ok("threads", text)
  }
}
