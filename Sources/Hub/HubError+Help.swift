extension HubError {
  /// What to do next.
  package var help: String? {
    switch self {
    case .badName: "look the name up on https://huggingface.co/models and write it as 'user/repo'"
    case .badEndpoint: "unset HF_ENDPOINT, or set it to the address of a hub such as https://huggingface.co"
    case .repositoryNotFound(_, _, false): "check the spelling; for a private one set HF_TOKEN or run 'hf auth login'"
    case .repositoryNotFound: "check the spelling, and that the account of your token may see it"
    case .revisionNotFound: "leave the '@…' out for the newest, or look for branches and tags on its page"
    case .fileNotFound(_, _, let nearest): nearest.first.map { "did you mean '\($0)'?" }
    case .nothingMatches(_, let pattern, let files):
      Spelling.nearest(to: pattern.filter { $0 != "*" }, in: files).map { "did you mean '\($0)'?" }
        ?? "'*' stands for any text, and capitals count: \"*Q4_K_M.gguf\""
    case .tagNotFound(let repository, let tag, let available):
      Spelling.nearest(to: tag, in: available).map { "did you mean '\(repository.name):\($0)'?" }
        ?? "leave the ':\(tag)' out"
    case .noModel: "look for the same model 'in GGUF' or 'in safetensors' on the hub"
    case .noAdapter(let repository, let files): Self.help(for: repository, withoutAdapterIn: files)
    case .partsMissing: "the upload is not whole; take another quantization or another repository"
    case .noData: "take another dataset, or give the path of a .parquet, .csv or .jsonl file"
    case .noReadableData(let repository, let split, _, _):
      "in Python: datasets.load_dataset(\(Self.arguments(of: repository)), split=\"\(split)\")"
        + ".to_json(\"rows.jsonl\"), then dataset(\"rows.jsonl\")"
    case .splitNotFound(_, let split, let available):
      Spelling.nearest(to: split, in: available).map { "did you mean '\($0)'?" } ?? "take one of these"
    case .configurationNeeded(let repository, let available):
      "name one: '\(repository.name):\(available.first ?? "default")'"
    case .configurationNotFound(let repository, let configuration, let available):
      (Spelling.nearest(to: configuration, in: available) ?? available.first).map {
        "did you mean '\(repository.name):\($0)'?"
      }
    case .gated(_, let page, false):
      "accept the licence on \(page), then set HF_TOKEN or run 'hf auth login'"
    case .gated(_, let page, true): "accept the licence on \(page) with the account of your token"
    case .forbidden(_, _, _, nil): "set HF_TOKEN or run 'hf auth login'"
    case .forbidden(_, _, _, let source?): "give the token of \(source) read access to it in the account's settings"
    case .badToken(let host, let source):
      "make a new one on https://\(host)/settings/tokens" + (source.map { " and put it into \($0)" } ?? "")
    case .notCached(_, _, _, let cached):
      "unset HF_HUB_OFFLINE, or get a connection, and run it again"
        + (cached.isEmpty ? "" : "; in the cache are \(cached.prefix(6).joined(separator: ", "))")
    case .noConnection(_, _, let variable?): "check \(variable) and the connection, then run it again"
    case .noConnection: "check the connection and run it again; what was fetched is kept"
    case .serverFailed(_, 429, _): "wait some minutes and run it again; with a token the hub allows more"
    case .serverFailed: "the server is in trouble: run it again later; what was fetched is kept"
    case .badAnswer: "check HF_ENDPOINT, and that no proxy or login page of the network answers instead"
    case .changedMeanwhile: "run it again: it begins anew with the new file"
    case .wrongSize, .wrongChecksum: "what came was thrown away; run it again"
    case .unsafePath: "do not use this repository, and report it to the hub"
    case .diskFull:
      "make room, or set HF_HOME to a folder on a larger disk, and run it again: it goes on where it stopped"
    case .cannotWrite: "check who owns the folder, or set HF_HOME to another one"
    }
  }

  private static func help(for repository: HubRepository, withoutAdapterIn files: [String]) -> String {
    if files.contains("adapter_config.json"), files.contains("adapter_model.safetensors") {
      return "leave the ':\(repository.tag ?? "")' out: it names a quantization, which an adapter does not have"
    }
    if files.contains("adapter_model.bin") {
      return "adapter_model.bin is a pickle, which can run code, and is not read; in Python: "
        + "PeftModel.from_pretrained(base, \"\(repository.name)\").save_pretrained(\"adapter\")"
    }
    if files.contains(where: { $0.hasSuffix(".gguf") || $0.hasSuffix(".safetensors") }) {
      return "a model is loaded with load(\"\(repository)\")"
    }
    return "look for an adapter in PEFT's form on the hub"
  }

  /// The dataset's name, and its configuration where one was named, as Python's `load_dataset` takes them.
  private static func arguments(of repository: HubRepository) -> String {
    ([repository.name] + [repository.tag].compactMap(\.self)).map { "\"\($0)\"" }.joined(separator: ", ")
  }
}
