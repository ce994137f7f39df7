import ModelFiles
import TensorCore

extension Adapter {
  /// An adapter that changes nothing yet: B is zero, A is random.
  ///
  /// The numbers of A are those that PEFT draws when torch's generator was seeded with `seed` just before
  /// `get_peft_model`: for each target in the order of the modules A and B are drawn evenly and thrown away, and then A is
  /// drawn for good, evenly again or from a normal distribution.
  ///
  /// Magnitudes and what PiSSA makes of the weights are added by ``LanguageModel/attaching(_:seed:isCancelled:)``.
  package init(options: LoRA, configuration: ModelConfiguration, seed: UInt64) {
    var generator = MersenneTwister(seed: seed)
    let pairs = (0..<configuration.blockCount).map { index in
      var block: [LinearLayer: LoRAPair] = [:]
      for layer in LinearLayer.allCases {
        let module = layer.path(inBlock: index)
        guard options.isTargeted(module) else { continue }
        let (shape, rank) = (configuration.shape(of: layer), options.rank(ofModule: module))
        for _ in 0..<rank * (shape.columns + shape.rows) { _ = generator.nextBits() }
        let a = Matrix(rows: rank, columns: shape.columns)
        Self.draw(a, options.initialization, &generator)
        block[layer] = LoRAPair(
          a: a, b: Matrix(rows: shape.rows, columns: rank), scale: Float(options.scale(ofModule: module)))
      }
      return block
    }
    self.init(options: options, pairs: pairs)
  }

  private static func draw(_ a: Matrix, _ start: LoRA.Initialization, _ generator: inout MersenneTwister) {
    switch start {
    case .default, .pissa:
      let bound = Float(1 / Double(a.columns).squareRoot())
      generator.fill(a.view.buffer, uniformIn: -bound..<bound)
    case .gaussian:
      generator.fill(a.view.buffer, normalWithDeviation: Float(1 / Double(a.rows)))
    }
  }
}
