import JupyterProtocol
import TensorCore

extension LanguageInformation {
  /// What front ends learn about this kernel.
  static var quill: LanguageInformation {
    LanguageInformation(
      implementation: "quill", implementationVersion: Version.current, banner: banner, name: "swift",
      version: Version.current, mimeType: "text/x-swift", fileExtension: ".swift", pygmentsLexer: "swift",
      codeMirrorMode: "swift",
      helpLinks: [
        HelpLink(text: "LoRA (Hu et al., 2021)", url: "https://arxiv.org/abs/2106.09685"),
        HelpLink(text: "QLoRA (Dettmers et al., 2023)", url: "https://arxiv.org/abs/2305.14314"),
      ])
  }

  /// What a console shows first.
  private static var banner: String {
    let threads = ThreadPool.shared.threads
    return """
      Quill \(Version.current): language models in Swift commands
      \(Processor.current.name), \(InstructionSet.current.name), \(threads) \(threads == 1 ? "thread" : "threads")
      help() lists the commands; a ? behind a name explains it.
      """
  }
}
