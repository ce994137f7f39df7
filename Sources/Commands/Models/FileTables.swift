import Figures
import ModelFiles
import Quantization

/// Figures of what a file contains.
enum FileTables {
  /// What lies where in a GGUF file, its metadata and its tensors.
  static func overview(_ file: GGUFFile) -> FigureStack {
    FigureStack([map(of: file), contents(of: file)])
  }

  /// The file as a strip: the header, and the tensors in their order.
  private static func map(of file: GGUFFile) -> PartMap {
    let header = PartMap.Part("header and metadata", size: Double(file.dataOffset), kind: "header and metadata")
    let tensors = file.tensors.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { tensor in
      PartMap.Part(
        "\(tensor.name), \(tensor.format.name)", size: Double(tensor.range.count), kind: kind(of: tensor.name))
    }
    return PartMap(title: "What lies where", parts: [header] + tensors)
  }

  private static func kind(of name: String) -> String {
    if name.hasPrefix("token_embd") { return "token embedding" }
    if name.hasPrefix("output.") { return "output head" }
    if name.contains("ffn_") { return "feed-forward layers" }
    return name.contains("attn_") ? "attention layers" : "norms and the rest"
  }

  private static func contents(of file: GGUFFile) -> Table {
    var rows: [Table.Row] = [.group("metadata")]
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) {
      rows.append(.values([.text(key), .text(text(of: value)), .missing, .missing]))
    }
    rows.append(.group("tensors"))
    for tensor in file.tensors {
      rows.append(
        .values([
          .text(tensor.name), .text(tensor.shape.map(String.init).joined(separator: " × ")), .text(tensor.format.name),
          .number(Double(tensor.range.count) / 1024),
        ]))
    }
    return Table(
      title: file.path.split(separator: "/").last.map(String.init) ?? file.path,
      columns: [
        Table.Column("name"), Table.Column("value or shape"), Table.Column("format"),
        Table.Column("size", unit: "KiB", format: .fixed(1)),
      ],
      rows: rows,
      note: "GGUF version \(file.version), \(NumberText.count(file.tensors.count)) tensors from byte "
        + "\(NumberText.count(file.dataOffset)), aligned to \(file.alignment), \(NumberText.bytes(file.byteCount))",
      maximumRows: 80)
  }

  private static func text(of value: GGUFValue) -> String {
    switch value {
    case .unsigned(let value): return "\(value)"
    case .signed(let value): return "\(value)"
    case .number(let value): return NumberText.significant(value, digits: 6)
    case .bool(let value): return "\(value)"
    case .string(let value):
      let line = value.replacing("\n", with: "⏎")
      return line.count > 60 ? line.prefix(60) + "…" : line
    case .strings(let values): return "\(NumberText.count(values.count)) strings"
    case .integers(let values): return "\(NumberText.count(values.count)) integers"
    case .numbers(let values): return "\(NumberText.count(values.count)) numbers"
    case .bools(let values): return "\(NumberText.count(values.count)) booleans"
    }
  }
}
