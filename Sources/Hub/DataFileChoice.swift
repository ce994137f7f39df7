/// Which files of a dataset's repository hold the rows of a split, by the names that Hugging Face's tools write and read.
///
/// Parquet comes before JSON Lines and CSV. `train-00000-of-00002.parquet`, `data/train.jsonl`, `train/0000.parquet`
/// and `dev.csv` name their split; files that name none are `train`. A folder that is neither `data` nor a split is a
/// configuration. What a README may say otherwise is not read.
struct DataFileChoice {
  private static let formats = [["parquet"], ["jsonl", "ndjson"], ["csv", "tsv"], ["json"]]
  private static let words = [
    "train": ["train", "training"], "validation": ["validation", "valid", "dev", "val"],
    "test": ["test", "testing", "eval", "evaluation"],
  ]

  private struct Entry {
    let file: HubFile
    let split: String
    let configuration: String?
  }

  private let repository: HubRepository
  /// The entries of each format that is there.
  private let entries: [[Entry]]
  private let allPaths: [String]

  init(_ files: [HubFile], of repository: HubRepository) {
    self.repository = repository
    allPaths = files.map(\.path)
    entries = Self.formats.map { endings in
      files.filter { Self.isData($0, endings) }.map { file in
        let folders = file.path.split(separator: "/").dropLast().map(String.init)
        let split = Self.split(name: file.name, folders: folders)
        let configuration = folders.first { $0 != "data" && Self.split(of: $0) == nil && $0 != split }
        return Entry(file: file, split: split, configuration: configuration)
      }
    }.filter { !$0.isEmpty }
  }

  /// The files of a split, in order.
  ///
  /// - Throws: ``HubError/noData(_:files:)``, ``HubError/splitNotFound(_:split:available:)``,
  ///   ``HubError/configurationNeeded(_:available:)``, ``HubError/configurationNotFound(_:configuration:available:)``.
  func files(split: String, configuration: String?) throws(HubError) -> [HubFile] {
    guard !entries.isEmpty else { throw .noData(repository, files: allPaths) }
    let all = Self.unique(entries.flatMap { $0 }.compactMap(\.configuration))
    if let configuration, !all.contains(configuration) {
      throw .configurationNotFound(repository, configuration: configuration, available: all)
    }
    let fitting = entries.map { format in
      format.filter { configuration == nil || $0.configuration == configuration }
    }
    let wanted = Self.split(of: split) ?? split
    let named = fitting.lazy.map { format in
      let exact = format.filter { $0.split == split }
      return exact.isEmpty ? format.filter { $0.split == wanted } : exact
    }
    guard let found = named.first(where: { !$0.isEmpty }) else {
      let available = Self.unique(fitting.flatMap { $0 }.map(\.split))
      throw .splitNotFound(repository, split: split, available: available)
    }
    let configurations = Self.unique(found.map { $0.configuration ?? "default" })
    guard configurations.count > 1 else { return Self.sorted(found) }
    guard configurations.contains("default") else {
      throw .configurationNeeded(repository, available: configurations)
    }
    return Self.sorted(found.filter { $0.configuration ?? "default" == "default" })
  }

  private static func sorted(_ entries: [Entry]) -> [HubFile] {
    entries.map(\.file).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func unique(_ names: [String]) -> [String] { Array(Set(names)).sorted() }

  // MARK: - Names

  private static func isData(_ file: HubFile, _ endings: [String]) -> Bool {
    let name = file.name.lowercased()
    let isSetting = ["dataset_infos.json", "dataset_info.json", "config.json", "state.json"].contains(name)
    return !isSetting && !file.path.split(separator: "/").contains { $0.hasPrefix(".") }
      && endings.contains { name.hasSuffix("." + $0) }
  }

  /// The split that a file belongs to.
  private static func split(name: String, folders: [String]) -> String {
    // One of several pieces: `train_sft-00000-of-00003.parquet`.
    if let piece = name.prefixMatch(of: /([A-Za-z0-9_]+)-[0-9]{5}-of-[0-9]{5}/) {
      let prefix = String(piece.1)
      return words[prefix] == nil ? split(ofWord: prefix) ?? prefix : prefix
    }
    let stem = String(name.prefix { $0 != "." })
    if let split = split(of: stem) ?? folders.reversed().lazy.compactMap(split(of:)).first { return split }
    // A piece that is only numbered has its split's name on the folder: `default/unsupervised/0000.parquet`.
    if let folder = folders.last, folder != "data", folders.count > 1, stem.allSatisfy(\.isNumber) { return folder }
    return "train"
  }

  /// The split that one of the words of a name means.
  private static func split(of name: String) -> String? {
    name.split { !$0.isLetter && !$0.isNumber }.lazy.compactMap { split(ofWord: String($0)) }.first
  }

  private static func split(ofWord word: String) -> String? {
    let word = word.lowercased()
    return words.first { $0.value.contains(word) }?.key
  }
}
