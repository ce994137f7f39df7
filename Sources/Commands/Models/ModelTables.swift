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
    rows += vectorRows(of: model)
    if let head = model.outputHead {
      rows.append(.values(row("output head", 1, head)))
    } else {
      rows.append(.values(["output head", 1, "= token embedding", .missing, .missing, .missing]))
    }
    if let adapter = model.adapter { rows += adapterRows(adapter) }
    rows.append(total(of: model))
    let added = model.adapter.map { ", and \(NumberText.count($0.parameterCount)) of the adapter" } ?? ""
    return Table(
      title: model.configuration.name,
      columns: [
        Table.Column("layers"), Table.Column("count"), Table.Column("shape"), Table.Column("format"),
        Table.Column("bits per weight", format: .fixed(2)), Table.Column("size", unit: "MiB", format: .fixed(2)),
      ],
      rows: rows, note: "\(NumberText.count(model.parameterCount)) parameters\(added)")
  }

  private static func row(_ name: String, _ count: Int, _ weight: WeightMatrix) -> [Table.Value] {
    [
      .text(name), .integer(count), .text("\(weight.rows) × \(weight.columns)"), .text(weight.formatName),
      .number(weight.bitsPerWeight), .number(mebibytes(weight.byteCount * count)),
    ]
  }

  /// Norms by their length, and biases.
  private static func vectorRows(of model: LanguageModel) -> [Table.Row] {
    let gains = [model.outputNorm] + model.blocks.flatMap { block in BlockNorm.allCases.compactMap(block.gain) }
    let biases = model.blocks.flatMap { block in LinearLayer.allCases.compactMap(block.bias) }
    return [("norms", gains), ("biases", biases)].flatMap { name, vectors in
      Set(vectors.map(\.count)).sorted(by: >).map { length in
        let count = vectors.count { $0.count == length }
        return .values([
          .text(name), .integer(count), "\(length)", "f32", 32, .number(mebibytes(count * length * 4)),
        ])
      }
    }
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
    var rows: [Table.Row] = [
      .group("\(adapter.isWeightDecomposed ? "DoRA" : "LoRA") adapter, trainable")
    ]
    for layer in LinearLayer.allCases {
      let pairs = adapter.pairs.compactMap { $0[layer] }
      guard let pair = pairs.first else { continue }
      for (name, matrix) in zip(["A", "B", "magnitudes"], pair.matrices) {
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
    let added = model.adapter?.parameterCount ?? 0
    let bytes = model.byteCount + 4 * added
    let bits = Double(bytes * 8) / Double(model.parameterCount + added)
    return .total(["total", .missing, .missing, .missing, .number(bits), .number(mebibytes(bytes))])
  }

  private static func mebibytes(_ bytes: Int) -> Double { Double(bytes) / Double(1 << 20) }
}

extension LanguageModel {
  /// How many norms the model has.
  var normCount: Int {
    1 + blocks.reduce(0) { sum, block in sum + BlockNorm.allCases.count { block.gain(of: $0) != nil } }
  }
}
