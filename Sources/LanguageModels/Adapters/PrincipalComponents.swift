import ModelFiles
import Quantization
import TensorCore

// PiSSA: an adapter begins as the largest part of the weight itself, which keeps the rest.
//   W = U S Vᵀ,  A = √(S/s) Vᵀ,  B = U √(S/s) of the r largest,  W -= s B A
// Meng et al., "PiSSA", 2024, arXiv:2404.02948, with PEFT's division by the scale.
extension LanguageModel {
  /// The same model with an adapter of its weights' largest singular directions.
  ///
  /// What remains of the weights is rounded to their own format. Together they are what the model was.
  ///
  /// - Throws: ``AttachmentError``, `CancellationError`.
  /// - Complexity: O(weights · smaller side); blocks one after the other, the layers of each on all threads.
  func splittingPrincipalComponents(_ options: LoRA, isCancelled: () -> Bool) throws -> LanguageModel {
    var model = self
    var taken: [[LinearLayer: LoRAPair]] = []
    for index in blocks.indices {
      if isCancelled() { throw CancellationError() }
      let layers = LinearLayer.allCases.filter { options.isTargeted($0.path(inBlock: index)) }
      let parts = try principalComponents(of: layers, inBlock: index, options)
      for (layer, pair) in parts {
        model.blocks[index][layer] = try Self.rest(of: blocks[index][layer], without: pair)
      }
      taken.append(parts)
    }
    let pairs = taken.map { $0.mapValues { $0.map { $0.copy() } } }
    model.adapter = Adapter(options: options, pairs: pairs, taken: taken)
    return model
  }

  private func principalComponents(
    of layers: [LinearLayer], inBlock index: Int, _ options: LoRA
  ) throws -> [LinearLayer: LoRAPair] {
    let weights = try layers.map { layer in
      let (weight, module) = (blocks[index][layer], layer.path(inBlock: index))
      guard weight.isFloat else { throw AttachmentError.quantizedWeight(module, format: weight.formatName) }
      let limit = min(weight.rows, weight.columns)
      guard options.rank(ofModule: module) <= limit else { throw AttachmentError.rankTooLarge(module, limit: limit) }
      return weight.decoded()
    }
    var parts = [SingularValues?](repeating: nil, count: layers.count)
    parts.withUnsafeMutableBufferPointer { parts in
      ThreadPool.shared.run(layers.count) { parts[$0] = SingularValues(of: weights[$0]) }
    }
    var pairs: [LinearLayer: LoRAPair] = [:]
    for (layer, part) in zip(layers, parts) {
      let module = layer.path(inBlock: index)
      guard let part else { throw AttachmentError.notDecomposable(module) }
      pairs[layer] = LoRAPair(part, rank: options.rank(ofModule: module), scale: Float(options.scale(ofModule: module)))
    }
    return pairs
  }

  private static func rest(of weight: WeightMatrix, without pair: LoRAPair) throws -> WeightMatrix {
    guard case .blocks(let format, _) = weight.storage else { preconditionFailure("\(weight.formatName) is no float") }
    let rest = weight.decoded()
    rest.view.subtract(pair.product().view)
    return try WeightFormat.blocks(format).encode(rest)
  }
}

extension LoRAPair {
  /// The `rank` largest singular directions, their values shared by A and B.
  fileprivate init(_ parts: SingularValues, rank: Int, scale: Float) {
    let roots = parts.values.prefix(rank).map { ($0 / scale).squareRoot() }
    let a = Matrix(rows: rank, columns: parts.right.columns)
    let b = Matrix(rows: parts.left.rows, columns: rank)
    for (index, root) in roots.enumerated() {
      for column in 0..<a.columns { a.view.row(index)[column] = root * parts.right.view.row(index)[column] }
      for row in 0..<b.rows { b.view.row(row)[index] = parts.left.view.row(row)[index] * root }
    }
    self.init(a: a, b: b, scale: scale)
  }
}

extension WeightMatrix {
  /// Whether the numbers are floats of 16 or 32 bits.
  fileprivate var isFloat: Bool {
    switch storage {
    case .blocks(.f32, _), .blocks(.f16, _), .blocks(.bf16, _): true
    default: false
    }
  }
}
