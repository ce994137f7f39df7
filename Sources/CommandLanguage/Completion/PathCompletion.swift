import Foundation

/// Files and folders whose path begins as written.
enum PathCompletion {
  private static let limit = 200

  static func matches(for written: String) -> [Completion.Match] {
    let slash = written.lastIndex(of: "/")
    let folder = slash.map { String(written[...$0]) } ?? ""
    let begin = slash.map { String(written[written.index(after: $0)...]) } ?? written
    let directory = folder.isEmpty ? "." : (folder as NSString).expandingTildeInPath
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    // Hidden files show when their dot has been written.
    let fitting = entries.filter { $0.hasPrefix(begin) && ($0.first != "." || begin.first == ".") }
    return fitting.sorted().prefix(limit).map { entry in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(directory)/\(entry)", isDirectory: &isFolder)
      let path = folder + entry + (isFolder.boolValue ? "/" : "")
      return Completion.Match(text: path, kind: .path, signature: path, summary: "")
    }
  }
}
