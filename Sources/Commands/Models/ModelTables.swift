import Figures
import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// Tables of what a model consists of.
enum ModelTables {
  /// Layers by kind: how many, shape, format, bits per weight, size; and the totals.
  static func summary(of model: LanguageModel) -> Table {
    var rows: [Table.Row] = [.values(row("token embedding", 1, model.tokenEmbedding))]
    for layer in LinearLayer.allCases {
      for (weight, count) in byFormat(model.blocks.map { $0[layer] }) {
        rows.append(.values(row("\(layer.moduleParent).\(layer.moduleName)", count, weight)))
      }
    }
    let norms = 2 * model.blocks.count + 1
    let width = model.configuration.hiddenSize
    rows.append(.values(["norms", .integer(norms), "\(width)", "f32", 32, .number(mebibytes(norms * width * 4))]))
    if let head = model.outputHead {
      rows.append(.values(row("output head", 1, head)))
    } else {
      rows.append(.values(["output head", 1, "= token embedding", .missing, .missing, .missing]))
    }
    if let adapter = model.adapter { rows += adapterRows(adapter) }
    rows.append(total(of: model))
    return Table(
      title: model.configuration.name,
      columns: [
        Table.Column("layers"), Table.Column("count"), Table.Column("shape"), Table.Column("format"),
        Table.Column("bits per weight", format: .fixed(2)), Table.Column("size", unit: "MiB", format: .fixed(2)),
      ],
      rows: rows, note: "\(NumberText.count(model.parameterCount)) parameters")
  }

  private static func row(_ name: String, _ count: Int, _ weight: WeightMatrix) -> [Table.Value] {
    [
      .text(name), .integer(count), .text("\(weight.rows) × \(weight.columns)"), .text(weight.formatName),
      .number(weight.bitsPerWeight), .number(mebibytes(weight.byteCount * count)),
    ]
  }

  /// One matrix for each format, and how many there are.
  private static func byFormat(_ weights: [WeightMatrix]) -> [(WeightMatrix, Int)] {
    var groups: [(WeightMatrix, Int)] = []
    for weight in weights {
      if let index = groups.firstIndex(where: { $0.0.formatName == weight.formatName }) {
        groups[index].1 += 1
      } else {
        groups.append((weight, 1))
      }
    }
    return groups
  }

  private static func adapterRows(_ adapter: Adapter) -> [Table.Row] {
    var rows: [Table.Row] = [.group("LoRA adapter, trainable")]
    for layer in LinearLayer.allCases {
      let pairs = adapter.pairs.compactMap { $0[layer] }
      guard let pair = pairs.first else { continue }
      for (name, matrix) in [("A", pair.a), ("B", pair.b)] {
        let bytes = pairs.count * matrix.rows * matrix.columns * 4
        rows.append(
          .values([
            .text("\(layer.moduleName) \(name)"), .integer(pairs.count), .text("\(matrix.rows) × \(matrix.columns)"),
            "f32", 32, .number(mebibytes(bytes)),
          ]))
      }
    }
    return rows
  }

  private static func total(of model: LanguageModel) -> Table.Row {
    let bytes = model.byteCount + 4 * (model.adapter?.parameterCount ?? 0)
    let bits = Double(model.byteCount * 8) / Double(model.parameterCount)
    return .total(["total", .missing, .missing, .missing, .number(bits), .number(mebibytes(bytes))])
  }

  private static func mebibytes(_ bytes: Int) -> Double { Double(bytes) / Double(1 << 20) }
}

/// Tables of what a file contains.
enum FileTables {
  /// The metadata and the tensors of a GGUF file.
  static func overview(_ file: GGUFFile) -> Table {
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
        + "\(NumberText.count(file.dataOffset)), aligned to \(file.alignment), \(NumberText.bytes(file.bytes.count))",
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
