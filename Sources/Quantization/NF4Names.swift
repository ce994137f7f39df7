// The names under which callers still know code-book weights.

package typealias NF4Weights = CodeBookWeights

extension WeightMatrix.Storage {
  package static func nf4(_ weights: CodeBookWeights) -> Self { .codeBook(weights) }
}
