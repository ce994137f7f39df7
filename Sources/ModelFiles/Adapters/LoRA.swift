/// How low-rank adapters are attached, and to which modules: PEFT's `LoraConfig`.
///
/// Hu et al., "LoRA", 2021, arXiv:2106.09685.
package struct LoRA: Sendable, Hashable {
  /// The numbers that A and B begin with.
  package enum Initialization: Sendable, Hashable, CaseIterable {
    /// A uniform in ±1/√in, B zero.
    case `default`
    /// A normal with the deviation 1/r, B zero.
    case gaussian
    /// The r largest singular directions of the weight, which keeps the rest.
    ///
    /// Meng et al., "PiSSA", 2024, arXiv:2404.02948.
    case pissa
  }

  /// Columns of B and rows of A: PEFT's `r`.
  package var rank: Int
  /// The product of B and A is multiplied by `alpha / rank`: PEFT's `lora_alpha`.
  package var alpha: Double
  /// The share of inputs of A that is set to zero during training, 0 ..< 1: PEFT's `lora_dropout`.
  package var dropout: Double
  /// Which modules get a pair: PEFT's `target_modules`.
  package var targets: ModuleNames
  /// Which of them get none: PEFT's `exclude_modules`.
  package var excluded: ModuleNames?
  /// The blocks that get pairs, or `nil` for all: PEFT's `layers_to_transform`.
  package var blocks: Set<Int>?
  /// Whether the factor is `alpha / √rank`: PEFT's `use_rslora`.
  ///
  /// Kalajdzievski, 2023, arXiv:2312.03732.
  package var isRankStabilized: Bool
  /// Whether rows of the weight are trained as direction and magnitude: PEFT's `use_dora`.
  ///
  /// Liu et al., "DoRA", 2024, arXiv:2402.09353.
  package var isWeightDecomposed: Bool
  package var initialization: Initialization
  /// Ranks of modules that differ from ``rank``, by regular expressions: PEFT's `rank_pattern`.
  package var rankPattern: [ModulePattern: Int] = [:]
  /// Alphas of modules that differ from ``alpha``, by regular expressions: PEFT's `alpha_pattern`.
  package var alphaPattern: [ModulePattern: Double] = [:]

  package init(
    rank: Int = 8, alpha: Double = 16, dropout: Double = 0, targets: ModuleNames, isRankStabilized: Bool = false,
    isWeightDecomposed: Bool = false, initialization: Initialization = .default
  ) {
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.targets = targets
    self.isRankStabilized = isRankStabilized
    self.isWeightDecomposed = isWeightDecomposed
    self.initialization = initialization
  }

  /// Adapters on layers of all blocks.
  package init(
    rank: Int = 8, alpha: Double = 16, dropout: Double = 0, targets: Set<LinearLayer> = [.q, .v],
    isRankStabilized: Bool = false, isWeightDecomposed: Bool = false, initialization: Initialization = .default
  ) {
    self.init(
      rank: rank, alpha: alpha, dropout: dropout, targets: ModuleNames(targets), isRankStabilized: isRankStabilized,
      isWeightDecomposed: isWeightDecomposed, initialization: initialization)
  }
}

// MARK: - Modules

extension LoRA {
  /// Whether a module gets a pair, by its full name: `model.layers.0.self_attn.q_proj`.
  ///
  /// A pattern in a syntax that is not known here comes from a file, and PEFT itself chose the modules by it: it stands for
  /// every module as a target, and for none to be left out.
  package func isTargeted(_ module: String) -> Bool {
    guard targets.contains(module) ?? true, excluded?.contains(module) != true else { return false }
    guard let blocks else { return true }
    return Self.block(of: module).map(blocks.contains) ?? false
  }

  /// The rank of a module.
  package func rank(ofModule module: String) -> Int { Self.values(in: rankPattern, of: module).first ?? rank }

  /// The alpha of a module.
  package func alpha(ofModule module: String) -> Double { Self.values(in: alphaPattern, of: module).first ?? alpha }

  /// What the product of a module's B and A is multiplied by.
  package func scale(ofModule module: String) -> Double {
    scale(alpha: alpha(ofModule: module), rank: rank(ofModule: module))
  }

  /// What the product of B and A is multiplied by, but where a pattern says otherwise: alpha / r, or alpha / √r when
  /// rank-stabilised.
  package var scale: Double { scale(alpha: alpha, rank: rank) }

  package func scale(alpha: Double, rank: Int) -> Double {
    alpha / (isRankStabilized ? Double(rank).squareRoot() : Double(rank))
  }

  /// PEFT's name of the patterns that give a module different numbers, of which PEFT would take the first; `nil` when all
  /// is clear.
  package func ambiguousPattern(of module: String) -> String? {
    if Set(Self.values(in: rankPattern, of: module)).count > 1 { return "rank_pattern" }
    return Set(Self.values(in: alphaPattern, of: module)).count > 1 ? "alpha_pattern" : nil
  }

  /// The numbers of the patterns that match the module's name or its end behind a dot.
  private static func values<Value>(in patterns: [ModulePattern: Value], of module: String) -> [Value] {
    patterns.isEmpty ? [] : patterns.filter { $0.key.matchesEnd(of: module) }.map(\.value)
  }

  /// The number behind `layers`.
  private static func block(of module: String) -> Int? {
    let parts = module.split(separator: ".")
    return parts.firstIndex(of: "layers").flatMap { $0 + 1 < parts.count ? Int(parts[$0 + 1]) : nil }
  }
}
