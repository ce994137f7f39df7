import LanguageModels
import ModelFiles
import TensorCore

/// The ranks of an adapter's pairs, from which the sizes of all that is trained follow.
package struct AdapterShape: Sendable {
  /// Ranks by block, then by layer.
  let ranks: [[LinearLayer: Int]]
  let isWeightDecomposed: Bool
  private let configuration: ModelConfiguration

  /// The shape of an adapter that is there.
  package init(_ adapter: Adapter, _ configuration: ModelConfiguration) {
    ranks = adapter.pairs.map { $0.mapValues(\.rank) }
    isWeightDecomposed = adapter.isWeightDecomposed
    self.configuration = configuration
  }

  /// The shape of an adapter that would be attached.
  package init(_ lora: LoRA, _ configuration: ModelConfiguration) {
    ranks = (0..<configuration.blockCount).map { block in
      let targets = LinearLayer.allCases.map { ($0, $0.path(inBlock: block)) }.filter { lora.isTargeted($0.1) }
      return Dictionary(uniqueKeysWithValues: targets.map { ($0.0, lora.rank(ofModule: $0.1)) })
    }
    isWeightDecomposed = lora.isWeightDecomposed
    self.configuration = configuration
  }

  package var largestRank: Int { ranks.flatMap(\.values).max() ?? 0 }

  /// Numbers of each trained matrix: A, B and, with DoRA, the magnitudes.
  var matrixCounts: [Int] {
    ranks.flatMap { block in
      block.flatMap { layer, rank in
        let (rows, columns) = configuration.shape(of: layer)
        return [rank * columns, rows * rank] + (isWeightDecomposed ? [rows] : [])
      }
    }
  }

  package var parameterCount: Int { matrixCounts.reduce(0, +) }

  /// Numbers of the widest output of a layer with a pair, for one token.
  var widestOutput: Int { Set(ranks.flatMap(\.keys)).map { configuration.shape(of: $0).rows }.max() ?? 0 }

  /// Pairs of those ranks that hold no numbers: enough for whoever only wants to know a rank.
  var emptyPairs: [[LinearLayer: LoRAPair]] {
    ranks.map { block in
      block.mapValues { LoRAPair(a: Matrix(rows: $0, columns: 0), b: Matrix(rows: 0, columns: $0), scale: 1) }
    }
  }
}
