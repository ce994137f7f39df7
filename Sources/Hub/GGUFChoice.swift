/// Which GGUF of a repository a tag means, by llama.cpp's rule for `-hf user/repo:tag`.
struct GGUFChoice {
  /// Tried in this order when no tag is given; then the first file.
  static let usualTags = ["Q4_K_M", "Q8_0"]

  private let files: [HubFile]

  init(_ files: [HubFile]) {
    self.files = files.filter(Self.isModel)
  }

  var isEmpty: Bool { files.isEmpty }

  /// The quantizations that are there, as their file names end.
  var tags: [String] {
    var seen: Set<String> = []
    return files.compactMap { GGUFName($0.path)?.tag }.filter { seen.insert($0).inserted }
  }

  /// The file that a tag means, part 1 of a split one; `nil` when there is none.
  ///
  /// A tag is the end of the file's name (`Q4_K_M`), a whole path, or, as in llama.cpp, any text in the path before
  /// a `.` or `-`; capitals do not count. The end of a name comes first, so that `F16` does not mean `BF16`.
  func file(for tag: String?) -> HubFile? {
    let first = files.filter { GGUFName($0.path)?.index == 1 }
    guard let tag else {
      return Self.usualTags.lazy.compactMap { file(for: $0) }.first ?? first.first
    }
    return first.first { $0.path == tag || $0.name == tag }
      ?? first.first { GGUFName($0.path)?.tag == tag.uppercased() }
      ?? first.first { Self.contains($0.path.lowercased(), tag.lowercased()) }
  }

  /// All parts of a file, in order; the file itself when it is whole.
  func parts(of file: HubFile) -> (files: [HubFile], expected: Int) {
    guard let name = GGUFName(file.path), name.count > 1 else { return ([file], 1) }
    let parts = files.compactMap { other -> (index: Int, file: HubFile)? in
      guard let part = GGUFName(other.path), part.prefix == name.prefix, part.count == name.count else { return nil }
      return (part.index, other)
    }
    return (parts.sorted { $0.index < $1.index }.map(\.file), name.count)
  }

  /// Projectors of pictures, importance matrices and draft models are no models to talk to.
  private static func isModel(_ file: HubFile) -> Bool {
    file.path.hasSuffix(".gguf")
      && !["mmproj", "imatrix", "mtp-", "eagle3-", "dflash-", "dspark-"].contains { file.name.contains($0) }
  }

  private static func contains(_ path: String, _ tag: String) -> Bool {
    let (path, tag) = (Array(path.utf8), Array(tag.utf8))
    guard !tag.isEmpty, path.count > tag.count else { return false }
    return (0..<path.count - tag.count).contains { start in
      path[start..<start + tag.count].elementsEqual(tag)
        && [UInt8(ascii: "."), UInt8(ascii: "-")].contains(path[start + tag.count])
    }
  }
}

/// What the name of a GGUF file says: `folder/model-Q4_K_M-00001-of-00003.gguf`.
struct GGUFName {
  /// The path without the number of the part and the ending.
  let prefix: String
  /// The quantization in capitals, behind the last `-` or `.`.
  let tag: String?
  /// The number of the part, from 1.
  let index: Int
  /// How many parts there are.
  let count: Int

  init?(_ path: String) {
    guard path.hasSuffix(".gguf") else { return nil }
    var stem = path.dropLast(".gguf".count)
    var (index, count) = (1, 1)
    if let match = stem.wholeMatch(of: /(.+)-([0-9]{5})-of-([0-9]{5})/.ignoresCase()) {
      (stem, index, count) = (match.1, Int(match.2) ?? 1, Int(match.3) ?? 1)
    }
    prefix = String(stem)
    tag = stem.firstMatch(of: /[-.]([A-Za-z0-9_]+)$/).map { $0.1.uppercased() }
    self.index = index
    self.count = count
  }
}
