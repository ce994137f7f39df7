import Datasets
import Foundation
import Hub

/// Models, rows of text and fonts: the files that notebooks need.
enum StoreCheck {
  static var findings: [Finding] { Catalogue.models.map(finding) + [otherModels, reviews, fonts].compactMap { $0 } }

  private static func finding(for model: CatalogueModel) -> Finding {
    do throws(CatalogueError) {
      let path = try Catalogue.path(of: model.name)
      try model.verify()
      return .ok("model", "\(model.name): \(path), \(mebibytes(model.byteCount)), checksum right, \(model.license)")
    } catch {
      return .warn("model", "\(model.name): \(error)", remedy: error.help ?? "look at the file")
    }
  }

  /// What else lies among the models.
  private static var otherModels: Finding? {
    let known = Set(Catalogue.models.map(\.file))
    let files = (try? FileManager.default.contentsOfDirectory(atPath: QuillHome.models)) ?? []
    let others = files.filter { $0.hasSuffix(".gguf") && !known.contains($0) }.sorted()
    return others.isEmpty ? nil : .ok("model", "also in \(QuillHome.models): \(others.joined(separator: ", "))")
  }

  private static var reviews: Finding {
    do throws(DatasetError) {
      let rows = try Dataset.imdb(path: QuillHome.imdb)
      return .ok("data", "imdb: \(QuillHome.imdb), \(rows.count) reviews, checksum right")
    } catch {
      return .warn("data", "imdb: \(error)", remedy: "'make data' in Quill's folder fetches it")
    }
  }

  /// Whether charts can have text; Cairo finds fonts in these folders.
  private static var fonts: Finding {
    let home = NSHomeDirectory()
    let folders = [
      "/usr/share/fonts", "/usr/local/share/fonts", home + "/.local/share/fonts", home + "/.fonts",
      "/System/Library/Fonts",
    ]
    let fonts = folders.lazy.flatMap { FileManager.default.enumerator(atPath: $0)?.compactMap { $0 as? String } ?? [] }
      .filter { [".ttf", ".otf", ".ttc"].contains(where: $0.lowercased().hasSuffix) }
    if fonts.contains(where: { $0.hasSuffix("DejaVuSans.ttf") }) { return .ok("fonts", "DejaVu Sans") }
    let remedy = "install DejaVu: apt-get install fonts-dejavu-core"
    if let first = fonts.first(where: { _ in true }) {
      return .warn("fonts", "no DejaVu Sans; charts use another font, such as \(first)", remedy: remedy)
    }
    return .warn("fonts", "none: charts have no text", remedy: remedy)
  }

  private static func mebibytes(_ bytes: Int) -> String { String(format: "%.1f MiB", Double(bytes) / 0x1p20) }
}
