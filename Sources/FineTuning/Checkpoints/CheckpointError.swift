/// Why a training cannot go on from a checkpoint.
package struct CheckpointError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    /// Neither a checkpoint nor a folder that holds some.
    case noCheckpoint
    /// A file of the checkpoint that is not there.
    case missingFile(String)
    /// A file whose text is no JSON.
    case notJSON(String)
    /// A field of a file that is missing or no such value.
    case field(String, file: String)
    /// The weights of the model are not those that were trained on; `nil` for a weight that one of the models lacks.
    case otherBase(weight: String, found: String?, expected: String?)
    case otherRows(RowKind, found: Int, expected: Int)
    /// The tensors of the optimizer do not fit the adapter.
    case optimizer(OptimizerStateError)
    /// Not the steps that the order of the rows gives.
    case otherSteps(found: Int, expected: Int)
  }

  package enum RowKind: String, Sendable {
    case training
    case validation
  }

  /// The checkpoint's folder.
  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

/// Why what an optimizer remembered does not fit the parameters.
package enum OptimizerStateError: Error, Hashable {
  case missing(String)
  case unknown(String)
  case type(String, found: String)
  case shape(String, found: [Int], expected: [Int])
}
