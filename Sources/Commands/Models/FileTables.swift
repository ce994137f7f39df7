import Figures
import ModelFiles
import Quantization

/// Figures of what a file contains.
enum FileTables {
  /// What lies where in a GGUF file, its metadata and its tensors.
  static func overview(_ file: GGUFFile) -> FigureStack {
    FigureStack([map(of: file), metadata(of: file), tensors(of: file)])
  }

  /// The file as a strip: the header, and the tensors in their order.
  private static func map(of file: GGUFFile) -> PartMap {
    let header = PartMap.Part("header and metadata", size: Double(file.dataOffset), kind: "header and metadata")
    let tensors = file.tensors.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { tensor in
      PartMap.Part(
        "\(tensor.name), \(tensor.format.name)", size: Double(tensor.range.count), kind: kind(of: tensor.name))
    }
    return PartMap(title: "\(fileName(of: file)): what lies where", parts: [header] + tensors)
  }

  private static func kind(of name: String) -> String {
    if name.hasPrefix("token_embd") { return "token embedding" }
    if name.hasPrefix("output.") { return "output head" }
    if name.contains("ffn_") { return "feed-forward layers" }
    return name.contains("attn_") ? "attention layers" : "norms and the rest"
  }

  private static func fileName(of file: GGUFFile) -> String {
    file.path.split(separator: "/").last.map(String.init) ?? file.path
  }

  private static func metadata(of file: GGUFFile) -> Table {
    let rows: [[Table.Value]] = file.metadata.sorted { $0.key < $1.key }.map { key, value in
      [.text(key), .text(text(of: value))]
    }
    return Table(title: "Metadata", columns: [Table.Column("name"), Table.Column("value")], rows: rows)
  }

  private static func tensors(of file: GGUFFile) -> Table {
    let rows: [[Table.Value]] = file.tensors.map { tensor in
      [
        .text(tensor.name), .text(tensor.shape.map(String.init).joined(separator: " × ")), .text(tensor.format.name),
        .number(Double(tensor.range.count) / 1024),
      ]
    }
    return Table(
      title: "Tensors",
      columns: [
        Table.Column("name"), Table.Column("shape"), Table.Column("format"),
        Table.Column("size", unit: "KiB", format: .fixed(1)),
      ],
      rows: rows,
      note: "GGUF version \(file.version), \(NumberText.count(file.tensors.count)) tensors from byte "
        + "\(NumberText.count(file.dataOffset)), aligned to \(file.alignment), \(NumberText.bytes(file.byteCount))",
      maximumRows: 24)
  }

  private static func text(of value: GGUFValue) -> String {
    switch value {
    case .unsigned(let value): return Int(exactly: value).map(NumberText.count) ?? "\(value)"
    case .signed(let value): return NumberText.count(Int(value))
    case .number(let value): return NumberText.significant(value, digits: 6)
    case .bool(let value): return "\(value)"
    case .string(let value):
      let line = value.replacing("\n", with: "⏎")
      return line.count > 60 ? line.prefix(60) + "…" : line
    case .strings(let values): return count(of: values.count, "string")
    case .integers(let values): return count(of: values.count, "integer")
    case .numbers(let values): return count(of: values.count, "number")
    case .bools(let values): return count(of: values.count, "boolean")
    }
  }

  private static func count(of count: Int, _ noun: String) -> String {
    "\(NumberText.count(count)) \(noun)\(count == 1 ? "" : "s")"
  }
}
