import ArgumentParser

/// The program: a Jupyter kernel, and the same cells in a terminal.
@main
struct Quill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quill",
    abstract: "A Jupyter kernel for quantizing, fine-tuning and running language models, written in Swift.",
    discussion: """
      Models and data are kept in QUILL_HOME, else in ~/.cache/quill. QUILL_THREADS sets the number of threads, \
      QUILL_ISA the instruction set (doctor names those of this processor), QUILL_LOG what the kernel logs (trace to error).
      """,
    version: Version.current,
    subcommands: [
      KernelCommand.self, InstallCommand.self, RunCommand.self, BenchCommand.self, DoctorCommand.self,
    ])

  static func main() {
    InstructionSetChoice.check()
    OpenBLASCore.choose()
    main(nil)
  }
}
