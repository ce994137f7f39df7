import ModelFiles
import TensorCore

// Models with different adapters share their weights, so that switching from one to another is choosing another value.
extension LanguageModel {
  /// The same model with an untrained adapter, which changes nothing yet.
  ///
  /// - Throws: ``AttachmentError``, `CancellationError`.
  /// - Complexity: O(parameters of the adapter); with DoRA O(weights), with PiSSA O(weights · smaller side).
  package func attaching(
    _ options: LoRA, seed: UInt64, isCancelled: () -> Bool = { false }
  ) throws -> LanguageModel {
    var model = try detached()
    try configuration.check(options)
    if options.initialization == .pissa {
      model = try model.splittingPrincipalComponents(options, isCancelled: isCancelled)
    } else {
      model.adapter = Adapter(options: options, configuration: configuration, seed: seed)
    }
    return options.isWeightDecomposed ? try model.withMagnitudes(isCancelled) : model
  }

  /// The same model with a saved adapter.
  ///
  /// A PiSSA adapter begins by taking its part off the weights, as PEFT does when it reads one.
  ///
  /// - Parameter path: Where the adapter's tensors are, for errors.
  /// - Throws: ``AdapterError``, ``AttachmentError``, `CancellationError`.
  package func loadingAdapter(
    _ folder: AdapterFolder, path: String, isCancelled: () -> Bool = { false }
  ) throws -> LanguageModel {
    var model = try detached()
    let adapter = try Adapter(folder, path: path, configuration: configuration)
    if adapter.options.initialization == .pissa {
      model = try model.splittingPrincipalComponents(adapter.options, isCancelled: isCancelled)
    }
    model.adapter = Adapter(options: adapter.options, pairs: adapter.pairs, taken: model.adapter?.taken)
    return model
  }

  /// The same model without its adapter.
  ///
  /// - Throws: ``AttachmentError/incompleteWeights``.
  package func detached() throws(AttachmentError) -> LanguageModel {
    guard adapter?.taken == nil else { throw .incompleteWeights }
    var model = self
    model.adapter = nil
    return model
  }

  /// The same model whose pairs have the lengths of the rows as magnitudes, so that DoRA changes nothing yet.
  private func withMagnitudes(_ isCancelled: () -> Bool) throws(CancellationError) -> LanguageModel {
    guard let adapter else { return self }
    var pairs = adapter.pairs
    for index in pairs.indices {
      for (layer, pair) in pairs[index] {
        if isCancelled() { throw CancellationError() }
        let norms = RowNorms(blocks[index][layer]).norms(with: pair)
        pairs[index][layer] = LoRAPair(
          a: pair.a, b: pair.b, scale: pair.scale, magnitude: Matrix(rows: 1, columns: norms.count, values: norms))
      }
    }
    var model = self
    model.adapter = Adapter(options: adapter.options, pairs: pairs, taken: adapter.taken)
    return model
  }
}

extension ModelConfiguration {
  /// All modules that can have a pair, by their names in transformers.
  package var linearModules: [String] {
    (0..<blockCount).flatMap { block in LinearLayer.allCases.map { $0.path(inBlock: block) } }
  }

  /// Makes sure that what an adapter asks for is there, and that it is clear.
  fileprivate func check(_ options: LoRA) throws(AttachmentError) {
    let modules = linearModules
    for names in [options.targets, options.excluded].compactMap(\.self) { try names.check(modules) }
    let targets = modules.filter(options.isTargeted)
    guard !targets.isEmpty else { throw .noTarget(options, blocks: blockCount) }
    let patterns =
      options.rankPattern.keys.map { ("rank_pattern", $0) } + options.alphaPattern.keys.map { ("alpha_pattern", $0) }
    for (field, pattern) in patterns where !targets.contains(where: pattern.matchesEnd) {
      throw .unusedPattern(field, text: pattern.text)
    }
    for module in targets {
      if let field = options.ambiguousPattern(of: module) { throw .ambiguousPattern(field, module: module) }
    }
  }
}

extension ModuleNames {
  fileprivate func check(_ modules: [String]) throws(AttachmentError) {
    switch self {
    case .pattern(let text):
      if contains("") == nil { throw .unreadablePattern(text) }
    case .endings(let names):
      let unknown = names.first { name in !modules.contains { ModuleNames.endings([name]).contains($0) == true } }
      if let unknown { throw .unknownModule(unknown) }
    }
  }
}
