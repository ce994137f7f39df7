import ArgumentParser
import Foundation
import TensorCore

/// With what every measurement computes.
struct MachineOptions: ParsableArguments {
  @Option(help: "How many threads compute; all processors by default.")
  var threads: Int?

  @Option(help: "The instruction set: \(InstructionSet.available.map(\.name).joined(separator: ", ")) here.")
  var isa: String?

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads goes from 1 to 256") }
    let names = InstructionSet.available.map(\.name)
    if let isa, !names.contains(isa) {
      throw ValidationError("--isa is '\(isa)'; this processor has \(names.joined(separator: ", "))")
    }
  }

  /// Sets threads and instruction set; must come before anything is computed, because both are chosen at their first use.
  func prepare() throws {
    if let threads { setenv("QUILL_THREADS", String(threads), 1) }
    if let isa { setenv("QUILL_ISA", isa, 1) }
  }
}

/// What every measurement of a model takes.
struct BenchmarkOptions: ParsableArguments {
  @Option(help: "A model of the catalogue, or a GGUF file.")
  var model = "smollm2-135m"

  @OptionGroup var machine: MachineOptions

  func prepare() throws { try machine.prepare() }
}
