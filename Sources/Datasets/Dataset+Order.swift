import TensorCore

extension Dataset {
  /// The rows in random order, the same as `datasets.Dataset.shuffle(seed=seed)` of Hugging Face gives.
  package func shuffled(seed: UInt64 = 42) -> Dataset {
    var generator = NumPyGenerator(seed: seed)
    return selecting(positions: generator.permutation(of: count))
  }

  /// The rows in two parts, drawn at random as `train_test_split(test_size=validation, seed=seed)` of Hugging Face does.
  ///
  /// - Parameter validation: The share of rows for validation, above 0 and below 1; the number of rows is rounded up.
  /// - Throws: ``DatasetError/validationOutOfRange(value:)``, or
  ///   ``DatasetError/splitLeavesNothing(part:rows:validation:)`` when no row is left for a part.
  package func split(
    validation: Double, seed: UInt64 = 0
  ) throws(DatasetError) -> (train: Dataset, validation: Dataset) {
    guard validation > 0, validation < 1 else { throw .validationOutOfRange(value: validation) }
    let held = Int((validation * Double(count)).rounded(.up))
    if held == 0 { throw .splitLeavesNothing(part: "validation", rows: count, validation: validation) }
    if held >= count { throw .splitLeavesNothing(part: "training", rows: count, validation: validation) }
    var generator = NumPyGenerator(seed: seed)
    let order = generator.permutation(of: count)
    return (selecting(positions: order[held...]), selecting(positions: order[..<held]))
  }

  /// The rows at these positions, in their order.
  package func selecting(positions: some Sequence<Int>) -> Dataset {
    Dataset(storage, selection: positions.map { selection[selection.startIndex + $0] }[...])
  }
}
