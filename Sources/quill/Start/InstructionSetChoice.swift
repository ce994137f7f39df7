import CommandLanguage
import Foundation
import TensorCore

/// The environment variable `QUILL_ISA`, by which a person chooses the engine's instruction set.
enum InstructionSetChoice {
  /// Ends the program with a message when the variable names a set that this processor does not have.
  static func check() {
    guard let name = ProcessInfo.processInfo.environment["QUILL_ISA"] else { return }
    let names = InstructionSet.available.map(\.name)
    if names.contains(name) { return }
    StandardStreams.write(
      "Error: QUILL_ISA is '\(name)'; this processor has \(names.joined(separator: ", "))\n", to: .standardError)
    exit(64)
  }
}
