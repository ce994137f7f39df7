import ModelFiles
import TensorCore

extension Adapter {
  /// What a PiSSA adapter is beside the weights that it was made from.
  ///
  /// It is a plain LoRA of twice the rank, [A | A₀] and [B | -B₀], as PEFT converts it
  /// (`path_initial_model_for_weight_conversion`). Other adapters are what they are.
  ///
  /// - Throws: ``AttachmentError/incompleteWeights`` with DoRA, whose magnitudes belong to the weights that are left.
  package func besideWholeWeights() throws(AttachmentError) -> Adapter {
    guard let taken else { return self }
    guard !isWeightDecomposed else { throw .incompleteWeights }
    var options = options
    // alpha / rank stays, and so does alpha / √rank.
    let growth = options.isRankStabilized ? Double(2).squareRoot() : 2
    options.initialization = .default
    options.rank *= 2
    options.alpha *= growth
    options.rankPattern = options.rankPattern.mapValues { 2 * $0 }
    options.alphaPattern = options.alphaPattern.mapValues { growth * $0 }
    let joined = zip(pairs, taken).map { block, taken in
      block.merging(taken) { pair, begin in LoRAPair(pair, minus: begin) }
    }
    return Adapter(options: options, pairs: joined)
  }
}

extension LoRAPair {
  /// The difference of two pairs of one scale, as one pair.
  fileprivate init(_ pair: LoRAPair, minus other: LoRAPair) {
    let a = Matrix(rows: pair.rank + other.rank, columns: pair.a.columns, values: pair.a.values + other.a.values)
    let b = Matrix(rows: pair.b.rows, columns: a.rows)
    for row in 0..<b.rows {
      b.view.row(row).update(from: pair.b.view.row(row), count: pair.rank)
      for column in 0..<other.rank { b.view.row(row)[pair.rank + column] = -other.b.view.row(row)[column] }
    }
    self.init(a: a, b: b, scale: pair.scale)
  }
}
