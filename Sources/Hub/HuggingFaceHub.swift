import Foundation
import JSONValue

/// The Hugging Face hub: models, datasets and files by the names that everyone uses, kept in the cache that Python's
/// `huggingface_hub` uses too.
///
/// Calls block the thread that makes them. `progress` and `isCancelled` are called on that thread only; a call that is
/// cancelled throws `CancellationError` within a tenth of a second, and what was fetched is gone on with next time.
package struct HuggingFaceHub: Sendable {
  private let connection: HubConnection

  /// - Parameters:
  ///   - environment: `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE`, `HF_HUB_OFFLINE`, `HF_TOKEN` and their like.
  ///   - wait: Waits between tries; tests need not.
  package init(environment: [String: String] = ProcessInfo.processInfo.environment, wait: HubWait? = nil) {
    connection = HubConnection(settings: HubSettings(environment), wait: wait ?? HubRetry.sleep)
  }

  /// The folder of the cache of all repositories.
  package var cache: String { connection.settings.cache }

  /// Fetches what a model needs and says where it lies.
  ///
  /// With a tag it is a GGUF, all parts of it. Without one it is the Hugging Face folder if the repository has
  /// `config.json` and safetensors at its root, else the GGUF that llama.cpp takes (Q4_K_M, Q8_0, the first), else an
  /// adapter.
  ///
  /// - Parameters:
  ///   - repository: Such as `user/repo:Q4_K_M`.
  ///   - progress: Told at most ten times a second how far it is, and at the end; not at all when all is there.
  ///   - isCancelled: Whether to stop.
  /// - Throws: ``HubError``, `CancellationError`.
  package func resolve(
    _ repository: HubRepository, progress: @escaping (HubProgress) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> HubModel {
    try withListing(of: repository, progress, isCancelled) { snapshot, listing in
      let gguf = GGUFChoice(listing.files)
      let folder = ModelFileChoice(listing.files)
      if repository.tag == nil && folder.isModel {
        return .folder(try fetchFolder(folder, snapshot, listing))
      }
      if repository.tag == nil && gguf.isEmpty {
        guard folder.isAdapter else { throw HubError.noModel(repository, files: listing.files.map(\.path)) }
        return .adapter(try fetchAdapter(folder, snapshot, listing))
      }
      return .gguf(paths: try fetchGGUF(gguf, snapshot, listing))
    }
  }

  /// Fetches an adapter and says where its folder lies; a model beside it stays on the hub.
  ///
  /// - Parameters: As of ``resolve(_:progress:isCancelled:)``.
  /// - Throws: ``HubError``, `CancellationError`; ``HubError/noAdapter(_:files:)`` before anything is fetched.
  package func adapter(
    _ repository: HubRepository, progress: @escaping (HubProgress) -> Void = { _ in },
    isCancelled: @escaping () -> Bool = { false }
  ) throws -> String {
    try withListing(of: repository, progress, isCancelled) { snapshot, listing in
      let folder = ModelFileChoice(listing.files)
      guard repository.tag == nil, folder.isAdapter else {
        throw HubError.noAdapter(repository, files: listing.files.map(\.path))
      }
      return try fetchAdapter(folder, snapshot, listing)
    }
  }

  /// Fetches the files of rows of a dataset's split and says where they lie, in order.
  ///
  /// - Parameters:
  ///   - repository: Such as `stanfordnlp/imdb`; its tag names a configuration.
  ///   - split: `train`, `validation`, `test`, or another name.
  ///   - readable: The endings of files that can be read, such as `.csv`; others are not fetched.
  /// - Throws: ``HubError``, `CancellationError`.
  package func datasetFiles(
    _ repository: HubRepository, split: String = "train", readable: [String],
    progress: @escaping (HubProgress) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }
  ) throws -> [String] {
    try withListing(of: repository, progress, isCancelled) { snapshot, listing in
      let files = try DataFileChoice(listing.files, of: repository, readable: readable)
        .files(split: split, configuration: repository.tag)
      return try snapshot.fetch(files, of: listing)
    }
  }

  /// Downloads files into a folder of one's own, as `hf download --local-dir` does.
  ///
  /// Files that are there already in the same version stay; what the cache has is copied from there.
  ///
  /// - Parameters:
  ///   - include: Patterns such as `*Q4_K_M.gguf`, `*` matches `/` too; none takes every file.
  ///   - folder: Where the files go, in the folders that they have in the repository.
  /// - Returns: The paths of the files.
  /// - Throws: ``HubError``, `CancellationError`.
  package func download(
    _ repository: HubRepository, include: [String] = [], to folder: String,
    progress: @escaping (HubProgress) -> Void = { _ in }, isCancelled: @escaping () -> Bool = { false }
  ) throws -> [String] {
    try withListing(of: repository, progress, isCancelled) { snapshot, listing in
      let globs = include.map(Glob.init)
      let files = listing.files.filter { file in globs.isEmpty || globs.contains { $0.matches(file.path) } }
      if files.isEmpty { throw nothingMatches(include, listing) }
      return try LocalFolder(path: (folder as NSString).expandingTildeInPath)
        .fetch(files, of: listing, snapshot)
    }
  }

  // MARK: - Parts

  /// Lists a revision and works with it; once more when the repository changed under our hands, as a branch then means
  /// another commit.
  private func withListing<Result>(
    of repository: HubRepository, _ progress: @escaping (HubProgress) -> Void, _ isCancelled: @escaping () -> Bool,
    _ body: (HubSnapshot, HubListing) throws -> Result
  ) throws -> Result {
    let cache = HubCache(repository: repository, root: connection.settings.cache)
    let snapshot = HubSnapshot(
      repository: repository, connection: connection, cache: cache, progress: progress, isCancelled: isCancelled)
    do {
      return try work(snapshot, body)
    } catch HubError.changedMeanwhile {
      return try work(snapshot, body)
    }
  }

  private func work<Result>(
    _ snapshot: HubSnapshot, _ body: (HubSnapshot, HubListing) throws -> Result
  ) throws -> Result {
    let listing = try snapshot.listing()
    do {
      return try body(snapshot, listing)
    } catch let error as HubError where !listing.isWhole && error.isAboutListing {
      // That the cache lacks a file does not mean that the repository does.
      throw snapshot.notCached(file: nil)
    }
  }

  private func fetchFolder(
    _ choice: ModelFileChoice, _ snapshot: HubSnapshot, _ listing: HubListing
  ) throws -> String {
    let index = try choice.settings.first { $0.path == ModelFileChoice.index }
      .map { try snapshot.json($0, of: listing) }
    let weights = choice.weights(index: index)
    if let missing = weights.missing.first {
      throw HubError.fileNotFound(listing.repository, file: missing, nearest: [])
    }
    _ = try snapshot.fetch(choice.settings + weights.files, of: listing)
    return snapshot.cache.snapshot(listing.commit)
  }

  private func fetchAdapter(
    _ choice: ModelFileChoice, _ snapshot: HubSnapshot, _ listing: HubListing
  ) throws -> String {
    _ = try snapshot.fetch(choice.adapter, of: listing)
    return snapshot.cache.snapshot(listing.commit)
  }

  private func fetchGGUF(_ choice: GGUFChoice, _ snapshot: HubSnapshot, _ listing: HubListing) throws -> [String] {
    let repository = listing.repository
    guard let file = choice.file(for: repository.tag) else {
      throw HubError.tagNotFound(repository, tag: repository.tag ?? "", available: choice.tags)
    }
    let parts = choice.parts(of: file)
    guard parts.files.count == parts.expected else {
      throw HubError.partsMissing(repository, file: file.path, found: parts.files.count, expected: parts.expected)
    }
    return try snapshot.fetch(parts.files, of: listing)
  }

  private func nothingMatches(_ include: [String], _ listing: HubListing) -> HubError {
    let paths = listing.files.map(\.path)
    guard let pattern = include.first, include.count == 1, !pattern.contains(where: { "*?[".contains($0) }) else {
      return .nothingMatches(listing.repository, pattern: include.joined(separator: "' or '"), files: paths)
    }
    return .fileNotFound(
      listing.repository, file: pattern, nearest: Spelling.nearest(to: pattern, in: paths, most: 3))
  }
}

/// Where a model of the hub lies on this computer.
package enum HubModel: Sendable, Hashable {
  /// A GGUF, or all parts of one in order.
  case gguf(paths: [String])
  /// A folder in Hugging Face's form: `config.json`, tokenizer, safetensors.
  case folder(String)
  /// A folder with PEFT's `adapter_config.json` and `adapter_model.safetensors`.
  case adapter(String)
}

extension HubError {
  /// Whether it says that a repository lacks something.
  fileprivate var isAboutListing: Bool {
    switch self {
    case .fileNotFound, .nothingMatches, .tagNotFound, .noModel, .noAdapter, .partsMissing, .noData, .noReadableData,
      .splitNotFound, .configurationNotFound:
      true
    default: false
    }
  }
}
