/// Which files of a dataset's repository hold the rows of a split, by the names that Hugging Face's tools write and read.
///
/// Of formats that can be read, Parquet comes before JSON Lines and CSV. `train-00000-of-00002.parquet`,
/// `data/train.jsonl`, `train/0000.parquet` and `dev.csv` name their split; where no file does, all are `train`. A folder
/// that is neither `data` nor a split is a configuration. What a README may say otherwise is not read.
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
  private let readable: [String]

  /// - Parameters:
  ///   - files: The files of the repository.
  ///   - readable: The endings of files that can be read, such as `.csv`.
  init(_ files: [HubFile], of repository: HubRepository, readable: [String]) {
    self.repository = repository
    self.readable = readable
    allPaths = files.map(\.path)
    let places = Self.formats.map { endings in
      files.filter { Self.isData($0, endings) }.map { (file: $0, place: Self.place(of: $0)) }
    }
    // A table of labels beside `train.parquet` holds no rows of the split.
    let areNamed = places.joined().contains { $0.place.split != nil }
    entries = places.map { format in
      format.filter { !areNamed || $0.place.split != nil }.map {
        Entry(file: $0.file, split: $0.place.split ?? "train", configuration: $0.place.configuration)
      }
    }.filter { !$0.isEmpty }
  }

  /// The files of a split, in order.
  ///
  /// - Throws: ``HubError/noData(_:files:)``, ``HubError/noReadableData(_:split:files:readable:)``,
  ///   ``HubError/splitNotFound(_:split:available:)``, ``HubError/configurationNeeded(_:available:)``,
  ///   ``HubError/configurationNotFound(_:configuration:available:)``.
  func files(split: String, configuration: String?) throws(HubError) -> [HubFile] {
    guard !entries.isEmpty else { throw .noData(repository, files: allPaths) }
    let all = Self.unique(entries.joined().compactMap(\.configuration))
    if let configuration, !all.contains(configuration) {
      throw .configurationNotFound(repository, configuration: configuration, available: all)
    }
    let fitting = entries.map { format in
      format.filter { configuration == nil || $0.configuration == configuration }
    }
    let found = try firstReadable(of: split, in: fitting)
    let configurations = Self.unique(found.map { $0.configuration ?? "default" })
    guard configurations.count > 1 else { return Self.sorted(found) }
    guard configurations.contains("default") else {
      throw .configurationNeeded(repository, available: configurations)
    }
    return Self.sorted(found.filter { $0.configuration ?? "default" == "default" })
  }

  /// The entries of a split in the first format that has some which can be read.
  private func firstReadable(of split: String, in formats: [[Entry]]) throws(HubError) -> [Entry] {
    let wanted = Self.split(of: split) ?? split
    let named = formats.map { format in
      let exact = format.filter { $0.split == split }
      return exact.isEmpty ? format.filter { $0.split == wanted } : exact
    }.filter { !$0.isEmpty }
    let found = named.lazy.map { $0.filter { isReadable($0.file) } }.first { !$0.isEmpty }
    if let found { return found }
    guard let unread = named.first else {
      throw .splitNotFound(repository, split: split, available: Self.unique(formats.joined().map(\.split)))
    }
    throw .noReadableData(repository, split: split, files: Self.sorted(unread).map(\.path), readable: readable)
  }

  private func isReadable(_ file: HubFile) -> Bool {
    readable.contains { file.name.lowercased().hasSuffix($0) }
  }

  private static func sorted(_ entries: [Entry]) -> [HubFile] {
    entries.map(\.file).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private static func unique(_ names: some Sequence<String>) -> [String] { Set(names).sorted() }

  // MARK: - Names

  private static func isData(_ file: HubFile, _ endings: [String]) -> Bool {
    let name = file.name.lowercased()
    let isSetting = ["dataset_infos.json", "dataset_info.json", "config.json", "state.json"].contains(name)
    return !isSetting && !file.path.split(separator: "/").contains { $0.hasPrefix(".") }
      && endings.contains { name.hasSuffix("." + $0) }
  }

  /// The split and the configuration that a file's name and folders name.
  private static func place(of file: HubFile) -> (split: String?, configuration: String?) {
    let folders = file.path.split(separator: "/").dropLast().map(String.init)
    let split = split(name: file.name, folders: folders)
    return (split, folders.first { $0 != "data" && self.split(of: $0) == nil && $0 != split })
  }

  /// The split that a file's name or its folders name.
  private static func split(name: String, folders: [String]) -> String? {
    // One of several pieces: `train_sft-00000-of-00003.parquet`.
    if let piece = name.prefixMatch(of: /([A-Za-z0-9_]+)-[0-9]{5}-of-[0-9]{5}/) {
      let prefix = String(piece.1)
      return words[prefix] == nil ? split(ofWord: prefix) ?? prefix : prefix
    }
    let stem = String(name.prefix { $0 != "." })
    if let split = split(of: stem) ?? folders.reversed().lazy.compactMap(split(of:)).first { return split }
    // A piece that is only numbered has its split's name on the folder: `default/unsupervised/0000.parquet`.
    if let folder = folders.last, folder != "data", folders.count > 1, stem.allSatisfy(\.isNumber) { return folder }
    return nil
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
