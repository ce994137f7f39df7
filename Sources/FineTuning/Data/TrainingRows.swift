import Datasets
import Synchronization
import TensorCore
import Tokenization

/// The rows of a data set as a trainer takes them: tokens, what of them is learned, and what was cut or left out.
package struct TrainingRows: Sendable {
  package let rows: [TrainingRow]
  /// What the columns of the data set were taken for.
  package let form: RowForm
  package let options: TrainingRowOptions
  /// The rows of the data set.
  package let sourceCount: Int
  /// Rows that were cut to the longest, those that were dropped among them.
  package let truncatedCount: Int
  /// Rows without a token to learn, which are left out.
  package let droppedCount: Int
  /// Rows in which a token reaches from the prompt into the completion.
  package let crossedCount: Int

  /// Tokenizes all rows, on all threads.
  ///
  /// - Parameters:
  ///   - dataset: Rows of a form that ``RowForm`` knows.
  ///   - tokenizer: The tokenizer of the model; its chat template writes conversations.
  ///   - isCancelled: Asked every few rows, by several threads.
  /// - Throws: ``TrainingDataError``, `DatasetError`, `TemplateError`, `CancellationError`. Of several rows with an error
  ///   the first is told.
  /// - Complexity: O(bytes), some 10 MB/s for each thread.
  package init(
    _ dataset: Dataset, tokenizer: Tokenizer, options: TrainingRowOptions = TrainingRowOptions(),
    isCancelled: @Sendable () -> Bool = { false }
  ) throws {
    guard dataset.count > 0 else { throw TrainingDataError.noRows }
    let encoder = try RowEncoder(dataset.rowForm, tokenizer: tokenizer, options: options)
    let encoded = try Self.encode(dataset, encoder, isCancelled)
    let kept = encoded.indices.filter { encoded[$0].sequence.labelCount > 0 }
    let truncated = encoded.count(where: \.isTruncated)
    guard !kept.isEmpty else {
      throw TrainingDataError.nothingToLearn(rows: dataset.count, truncated: truncated, maxLength: options.maxLength)
    }
    form = encoder.form
    self.options = options
    sourceCount = dataset.count
    truncatedCount = truncated
    droppedCount = dataset.count - kept.count
    crossedCount = encoded.count(where: \.isCrossed)
    let groups =
      options.packing
      ? SequencePacking.pack(kept.map { encoded[$0].sequence.tokens.count }, capacity: options.maxLength)
        .map { $0.map { kept[$0] } }
      : kept.map { [$0] }
    rows = groups.map { sources in TrainingRow(sequences: sources.map { encoded[$0].sequence }, sources: sources) }
  }

  /// Tokens of all rows.
  package var tokenCount: Int { rows.reduce(0) { $0 + $1.tokenCount } }

  /// Tokens that are learned, of all rows.
  package var labelCount: Int { rows.reduce(0) { $0 + $1.labelCount } }

  private static func encode(
    _ dataset: Dataset, _ encoder: RowEncoder, _ isCancelled: @Sendable () -> Bool
  ) throws -> [EncodedRow] {
    let pieces = (dataset.count + 31) / 32
    let failure = Mutex<(piece: Int, error: any Error)?>(nil)
    var encoded = [[EncodedRow]](repeating: [], count: pieces)
    encoded.withUnsafeMutableBufferPointer { encoded in
      ThreadPool.shared.run(pieces) { piece in
        if failure.withLock({ $0.map { $0.piece < piece } ?? false }) { return }
        do {
          if isCancelled() { throw CancellationError() }
          encoded[piece] = try (32 * piece..<min(32 * piece + 32, dataset.count)).map {
            try encoder.encode(dataset.row($0))
          }
        } catch {
          failure.withLock { if piece < $0?.piece ?? .max { $0 = (piece, error) } }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
    return Array(encoded.joined())
  }
}
