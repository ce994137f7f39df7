import CommandLanguage
import Datasets
import Figures
import Hub

/// Files of the Hugging Face hub: `download`, and the way from a name to files for `load` and `dataset`.
enum HubCommands {
  static let all: [Command] = [download]

  private static let download = Command.function(
    "download",
    [
      .unlabelled("repository", .string, "The name on the hub: \"user/repo\"."),
      .labelled(
        "include", .oneOf([.string, .array(of: .string)]), default: .array([]), neighbours: ["HF": "--include"],
        "Which files, as \"*Q4_K_M.gguf\"; without it all."),
      .labelled("to", .path, neighbours: ["HF": "--local-dir"], "The folder, made when it is not there."),
    ],
    returns: .array, "Downloads files from the Hugging Face hub into a folder; the result are their paths.",
    discussion: """
      What is there already stays, and a broken download goes on where it stopped. For repositories that ask you to accept a
      licence, do that on their page and set HF_TOKEN, or run 'hf auth login'. `load("user/repo")` needs no download first.
      """,
    neighbours: ["HF": "hf download"]
  ) { call in
    let include = call.value("include").string.map { [$0] } ?? call.strings("include")
    let name = call.string("repository")
    guard let repository = HubRepository(parsing: name) else { throw HubError.badName(name) }
    let paths = try withProgress(repository, call) { progress in
      try HuggingFaceHub().download(
        repository, include: include, to: call.string("to"), progress: progress, isCancelled: call.isCancelled)
    }
    return .array(paths.map(\.value))
  }

  /// Fetches what a model of the hub needs, unless it is there.
  static func model(_ repository: HubRepository, _ call: Invocation) throws -> HubModel {
    try withProgress(repository, call) { progress in
      try HuggingFaceHub().resolve(repository, progress: progress, isCancelled: call.isCancelled)
    }
  }

  /// Fetches an adapter of the hub, unless it is there, and gives its folder.
  static func adapter(_ repository: HubRepository, _ call: Invocation) throws -> String {
    try withProgress(repository, call) { progress in
      try HuggingFaceHub().adapter(repository, progress: progress, isCancelled: call.isCancelled)
    }
  }

  /// Fetches the files of rows of a dataset of the hub, unless they are there.
  static func dataFiles(_ repository: HubRepository, split: String, _ call: Invocation) throws -> [String] {
    try withProgress(repository, call) { progress in
      try HuggingFaceHub().datasetFiles(
        repository, split: split, readable: Dataset.knownFormats, progress: progress, isCancelled: call.isCancelled)
    }
  }

  /// Shows how far a download is while it runs, and how it ended.
  private static func withProgress<Result>(
    _ repository: HubRepository, _ call: Invocation, _ body: (@escaping (HubProgress) -> Void) throws -> Result
  ) throws -> Result {
    let display = TransferDisplay("\(repository)", call.output)
    var last: HubProgress?
    do {
      return try interruptible {
        try body { progress in
          last = progress
          display.show(
            progress.bytesDone, of: progress.bytesTotal, note: note(on: progress),
            state: progress.activity == .finished ? .finished : .running)
        }
      }
    } catch {
      if let last {
        display.show(
          last.bytesDone, of: last.bytesTotal, note: nil, state: error is Interruption ? .interrupted : .failed)
      }
      throw error
    }
  }

  private static func note(on progress: HubProgress) -> String? {
    switch progress.activity {
    case .transferring: progress.filesTotal > 1 ? "\(progress.filesDone) of \(progress.filesTotal) files" : nil
    case .checking: "checking what is there"
    case .waiting(let seconds): "trying again in \(NumberText.duration(seconds: seconds))"
    case .waitingForOtherProcess: "another program is fetching it"
    case .takenFromCache(let error): "from the cache, because \(error)"
    case .finished: progress.filesTotal > 1 ? "\(progress.filesTotal) files" : nil
    }
  }
}
