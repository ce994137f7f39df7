/// The name of a model or a dataset on the Hugging Face hub, as a person writes it.
///
/// `user/repo`, with a revision (branch, tag or commit) `user/repo@v1.0`, and with what to take from it
/// `user/repo:Q4_K_M`: the quantization of a model's GGUF, as llama.cpp's `-hf` writes it, or the configuration of a
/// dataset. The address of its page, `https://huggingface.co/user/repo`, is understood too.
package struct HubRepository: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case model
    case dataset
  }

  package let kind: Kind
  /// The owner and the name, `user/repo`.
  package let name: String
  /// A branch, a tag or a commit; `nil` is `main`.
  package let revision: String?
  /// What was written behind the colon.
  package let tag: String?

  package init(kind: Kind = .model, name: String, revision: String? = nil, tag: String? = nil) {
    self.kind = kind
    self.name = name
    self.revision = revision
    self.tag = tag
  }

  /// Reads a written name; `nil` when it cannot be one, so that it is rather a path.
  ///
  /// `models/a.gguf`, `./user/repo` and `/user/repo` are paths. Whether a folder `user/repo` is there is for the
  /// caller to ask first.
  package init?(parsing text: String, kind: Kind = .model) {
    var rest = Substring(text)
    var kind = kind
    let isAddress = Self.dropAddress(&rest)
    if isAddress && rest.hasPrefix("datasets/") {
      rest = rest.dropFirst("datasets/".count)
      kind = .dataset
    }
    var tag: Substring?
    if let colon = rest.lastIndex(of: ":") {
      tag = rest[rest.index(after: colon)...]
      rest = rest[..<colon]
    }
    var revision: Substring?
    if let at = rest.firstIndex(of: "@") {
      revision = rest[rest.index(after: at)...]
      rest = rest[..<at]
    }
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    if isAddress, parts.count == 4, parts[2] == "tree" {
      revision = parts[3]
      parts.removeLast(2)
    }
    guard parts.count == 2, parts.allSatisfy(Self.isName), !Self.isFileName(parts[1]),
      revision.map(Self.isRevision) ?? true, tag.map(Self.isTag) ?? true
    else { return nil }
    self.init(
      kind: kind, name: parts.joined(separator: "/"), revision: revision.map(String.init), tag: tag.map(String.init))
  }

  /// The revision to ask for.
  var requestedRevision: String { revision ?? "main" }

  /// What the hub puts before the name in the address of a page or a file.
  var pagePath: String { kind == .model ? name : "datasets/" + name }

  /// Where the hub's programming interface keeps it, such as `api/models/user/repo`.
  var interfacePath: String { "api/\(kind.rawValue)s/\(name)" }

  /// The folder in the cache, such as `models--user--repo`.
  var folderName: String { "\(kind.rawValue)s--" + name.split(separator: "/").joined(separator: "--") }
}

// MARK: - Spelling

extension HubRepository {
  /// Takes off the hub's address; true when there was one.
  private static func dropAddress(_ text: inout Substring) -> Bool {
    for prefix in ["https://huggingface.co/", "http://huggingface.co/", "https://hf.co/", "huggingface.co/", "hf.co/"]
    where text.hasPrefix(prefix) {
      text = text.dropFirst(prefix.count)
      if text.hasSuffix("/") { text = text.dropLast() }
      return true
    }
    return false
  }

  /// The hub's own rule: letters, digits, `_ - .`, at most 96; `-` and `.` neither doubled nor at an end.
  private static func isName(_ text: Substring) -> Bool {
    guard (1...96).contains(text.utf8.count), text.utf8.allSatisfy({ isWord($0) || $0 == 0x2D || $0 == 0x2E }) else {
      return false
    }
    let ends: [Character] = ["-", "."]
    return !text.contains("--") && !text.contains("..") && !ends.contains(text.first ?? "-")
      && !ends.contains(text.last ?? "-")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// A name that ends like a file is one.
  private static func isFileName(_ text: Substring) -> Bool {
    let name = text.lowercased()
    return [".gguf", ".safetensors", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".txt", ".bin"]
      .contains(where: name.hasSuffix)
  }

  /// Branches may hold slashes (`refs/pr/1`); it becomes part of a path, so it must not climb.
  private static func isRevision(_ text: Substring) -> Bool {
    !text.isEmpty && HubPath.isSafe(String(text))
      && text.utf8.allSatisfy { isWord($0) || [0x2D, 0x2E, 0x2F, 0x2B].contains($0) }
  }

  private static func isTag(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { isWord($0) || [0x2D, 0x2E, 0x2B].contains($0) }
  }
}

extension HubRepository: CustomStringConvertible {
  /// The name as it is written.
  package var description: String {
    name + (revision.map { "@" + $0 } ?? "") + (tag.map { ":" + $0 } ?? "")
  }
}
