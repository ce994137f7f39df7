import Foundation

/// What the environment says about the hub, with the variables and the defaults of Python's `huggingface_hub`.
struct HubSettings: Sendable {
  /// `HF_ENDPOINT` without a slash at the end, else `https://huggingface.co`.
  let endpoint: String
  /// `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `$HF_HOME/hub`, `$XDG_CACHE_HOME/huggingface/hub`, else
  /// `~/.cache/huggingface/hub`.
  let cache: String
  /// `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`: ask nobody, use what is there.
  let isOffline: Bool
  /// `HF_TOKEN`, else what `hf auth login` left in `HF_TOKEN_PATH` or `$HF_HOME/token`.
  let token: HubToken?
  /// Seconds without an answer to a question about a file: `HF_HUB_ETAG_TIMEOUT`, else 10.
  let questionTimeout: TimeInterval
  /// Seconds without a byte of a file: `HF_HUB_DOWNLOAD_TIMEOUT`, else 10.
  let downloadTimeout: TimeInterval

  init(_ environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    func path(_ name: String) -> String? { value(name).map { Self.expanded($0, environment) } }
    func isTrue(_ name: String) -> Bool { ["1", "ON", "YES", "TRUE"].contains(value(name)?.uppercased() ?? "") }
    func seconds(_ name: String) -> TimeInterval {
      value(name).flatMap(Double.init).flatMap { $0 > 0 ? $0 : nil } ?? 10
    }

    let home = value("HOME") ?? NSHomeDirectory()
    let own = path("HF_HOME") ?? (path("XDG_CACHE_HOME") ?? home + "/.cache") + "/huggingface"
    endpoint = String((value("HF_ENDPOINT") ?? "https://huggingface.co").trimmingSuffix("/"))
    cache = path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? own + "/hub"
    isOffline = value("HF_HUB_OFFLINE") == nil ? isTrue("TRANSFORMERS_OFFLINE") : isTrue("HF_HUB_OFFLINE")
    questionTimeout = seconds("HF_HUB_ETAG_TIMEOUT")
    downloadTimeout = seconds("HF_HUB_DOWNLOAD_TIMEOUT")
    let written = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"].lazy.compactMap { name in
      value(name).flatMap { HubToken($0, source: name) }
    }.first
    let tokenPath = path("HF_TOKEN_PATH") ?? own + "/token"
    token =
      isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")
      ? nil
      : written
        ?? (try? String(contentsOfFile: tokenPath, encoding: .utf8)).flatMap { HubToken($0, source: tokenPath) }
  }

  /// The host in messages, such as `huggingface.co`.
  var host: String { URL(string: endpoint)?.host ?? endpoint }

  /// A path with `~` and `$NAME` or `${NAME}` replaced.
  private static func expanded(_ path: String, _ environment: [String: String]) -> String {
    var result = ""
    var rest = Substring(path)
    if rest == "~" || rest.hasPrefix("~/") {
      result = environment["HOME"] ?? NSHomeDirectory()
      rest = rest.dropFirst()
    }
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...].dropFirst()
      let isBraced = rest.first == "{"
      let body = isBraced ? rest.dropFirst() : rest
      let name = body.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
      guard !name.isEmpty, !isBraced || body.dropFirst(name.count).first == "}",
        let value = environment[String(name)]
      else {
        result += "$"
        continue
      }
      result += value
      rest = body.dropFirst(name.count + (isBraced ? 1 : 0))
    }
    return result + rest
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> Substring {
    var text = self[...]
    while text.last == character { text = text.dropLast() }
    return text
  }
}
