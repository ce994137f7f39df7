import ModelFiles
import TensorCore

extension Adapter {
  /// Fits an adapter that PEFT or Quill saved to a model: every module must exist there and have the right shape.
  ///
  /// - Throws: ``AdapterError``.
  package init(_ folder: AdapterFolder, path: String, configuration: ModelConfiguration) throws(AdapterError) {
    var places: [String: (block: Int, layer: LinearLayer)] = [:]
    for block in 0..<configuration.blockCount {
      for layer in LinearLayer.allCases { places[layer.path(inBlock: block)] = (block, layer) }
    }
    let saved = folder.configuration.lora
    var pairs = [[LinearLayer: LoRAPair]](repeating: [:], count: configuration.blockCount)
    for (module, pair) in folder.pairs.sorted(by: { $0.key < $1.key }) {
      guard let (block, layer) = places[module] else {
        throw AdapterError(
          path: path, reason: .unknownModule(module, nearest: Self.nearest(to: module, in: places.keys)))
      }
      guard saved.isTargeted(module) else { throw AdapterError(path: path, reason: .notTargeted(module)) }
      let shape = configuration.shape(of: layer)
      guard pair.a.columns == shape.columns, pair.b.rows == shape.rows else {
        throw AdapterError(
          path: path,
          reason: .shape(module, found: [pair.b.rows, pair.a.columns], expected: [shape.rows, shape.columns]))
      }
      if let magnitude = pair.magnitude, magnitude.columns != shape.rows {
        throw AdapterError(
          path: path, reason: .magnitudes(module, found: magnitude.columns, expected: shape.rows))
      }
      pairs[block][layer] = LoRAPair(
        a: pair.a, b: pair.b, scale: Float(saved.scale(ofModule: module)), magnitude: pair.magnitude)
    }
    self.init(options: saved, pairs: pairs)
  }

  /// The adapter as PEFT saves it; pairs of another rank or scale than its options say are named in its patterns.
  package func folder(baseModel: String?) -> AdapterFolder {
    var modules: [String: AdapterFolder.Pair] = [:]
    var lora = options
    lora.isWeightDecomposed = isWeightDecomposed
    for (block, layers) in pairs.enumerated() {
      for (layer, pair) in layers {
        let module = layer.path(inBlock: block)
        modules[module] = AdapterFolder.Pair(a: pair.a, b: pair.b, magnitude: pair.magnitude)
        if pair.rank != options.rank(ofModule: module) { lora.rankPattern[module] = pair.rank }
        let usual = options.scale(alpha: options.alpha(ofModule: module), rank: pair.rank)
        if pair.scale != Float(usual) { lora.alphaPattern[module] = alpha(of: pair) }
      }
    }
    if !describesPairs { lora.describe(modules.keys) }
    return AdapterFolder(configuration: AdapterConfiguration(lora, baseModel: baseModel), pairs: modules)
  }

  /// Whether PEFT would make these pairs from the options: it takes no numbers of layers beside a regular expression.
  private var describesPairs: Bool {
    if options.blocks != nil, case .pattern = options.targets { return false }
    return pairs.indices.allSatisfy { block in
      LinearLayer.allCases.allSatisfy {
        (pairs[block][$0] != nil) == options.isTargeted($0.path(inBlock: block))
      }
    }
  }

  /// The `lora_alpha` that gives a pair its scale.
  private func alpha(of pair: LoRAPair) -> Double {
    Double(pair.scale) * (options.isRankStabilized ? Double(pair.rank).squareRoot() : Double(pair.rank))
  }

  /// The module path that begins and ends most like `module`, which is where a wrong prefix or a slip shows.
  private static func nearest(to module: String, in known: some Sequence<String>) -> String? {
    let rated = known.map { (likeness: likeness($0, module), path: $0) }
    // Of equals the first in the alphabet.
    let best = rated.max { ($0.likeness, $1.path) < ($1.likeness, $0.path) }
    return best.flatMap { 2 * $0.likeness >= module.utf8.count ? $0.path : nil }
  }

  private static func likeness(_ a: String, _ b: String) -> Int {
    let beginning = zip(a.utf8, b.utf8).prefix { $0 == $1 }.count
    let ending = zip(a.utf8.reversed(), b.utf8.reversed()).prefix { $0 == $1 }.count
    return min(beginning + ending, a.utf8.count, b.utf8.count)
  }
}

extension LoRA {
  /// Names the targets one by one.
  fileprivate mutating func describe(_ modules: some Sequence<String>) {
    targets = .endings(modules.sorted())
    (excluded, blocks) = (nil, nil)
  }
}
