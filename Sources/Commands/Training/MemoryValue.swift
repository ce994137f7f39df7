import CommandLanguage
import Figures
import FineTuning
import Foundation
import JSONValue

/// Memory part by part, foretold or measured.
struct MemoryValue: CommandObject {
  static let typeName = "MemoryEstimate"
  /// What is done, on which model and how many tokens.
  let title: String
  let parts: [(name: String, bytes: Int)]
  private let note: String?

  init(title: String, estimate: MemoryEstimate) {
    self.title = title
    parts = estimate.parts.map { ($0.kind.rawValue, $0.bytes) }
    note = ProcessMemory.available.map { "free on this computer: \(NumberText.bytes($0))" }
  }

  private init(title: String, parts: [(name: String, bytes: Int)], note: String?) {
    (self.title, self.parts, self.note) = (title, parts, note)
  }

  /// What this process holds now.
  static func session() -> MemoryValue {
    let now = ProcessMemory.now ?? ProcessMemory(own: 0, files: 0, peak: 0)
    return MemoryValue(
      title: "this session",
      parts: [("numbers and texts", now.own), ("files: weights, program", now.files)],
      note: "at most so far: \(NumberText.bytes(now.peak))")
  }

  var total: Int { parts.reduce(0) { $0 + $1.bytes } }

  var description: String { "\(title): \(NumberText.bytes(total))" }

  var chart: BarChart {
    BarChart(
      parts.map { ($0.name, Double($0.bytes) / Double(1 << 20)) }, title: title, valueTitle: "memory (MiB)")
  }

  func display() -> [String: JSONValue] {
    Table(
      title: title,
      columns: [
        Table.Column("part"), Table.Column("memory", unit: "MiB", format: .fixed(1)),
        Table.Column("share", format: .percent(1)),
      ],
      rows: parts.map { .values(row($0.name, $0.bytes)) } + [.total(row("total", total))], note: note
    ).mimeBundle()
  }

  private func row(_ name: String, _ bytes: Int) -> [Table.Value] {
    [
      .text(name), .number(Double(bytes) / Double(1 << 20)),
      total > 0 ? .number(Double(bytes) / Double(total)) : .missing,
    ]
  }
}
