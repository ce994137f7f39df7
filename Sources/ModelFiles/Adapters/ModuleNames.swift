/// Which modules of a model are meant, as PEFT's `target_modules` and `exclude_modules` say it.
package enum ModuleNames: Sendable, Hashable {
  /// Full names, or what comes behind a dot of them: `q_proj`, `0.self_attn.q_proj`.
  case endings([String])
  /// A regular expression for full names, or `all-linear`.
  case pattern(String)

  /// The linear layers of all blocks.
  package init(_ layers: some Collection<LinearLayer>) { self = .endings(layers.map(\.moduleName).sorted()) }

  /// Whether a module is meant, by its full name: `model.layers.0.self_attn.q_proj`.
  ///
  /// `nil` for a regular expression in a syntax that is not known here.
  package func contains(_ module: String) -> Bool? {
    switch self {
    case .endings(let names): names.contains { module == $0 || module.hasSuffix("." + $0) }
    case .pattern(let text) where text.lowercased() == "all-linear": true
    case .pattern(let text): ModulePattern(text)?.matchesWhole(module)
    }
  }
}
