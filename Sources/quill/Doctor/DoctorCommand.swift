import ArgumentParser

/// `quill doctor`: what is right, and what to do about what is not.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look at this computer, the models and Jupyter: what is right and what is not.")

  func run() {
    print("quill \(Version.current), \(Executable.path)")
    for finding in ProcessorCheck.findings + MemoryCheck.findings + StoreCheck.findings + JupyterCheck.findings {
      print(finding.line)
    }
  }
}
