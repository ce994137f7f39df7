import FineTuning
import LanguageModels
import TestSupport
import Testing

/// NEFTune: noise in training, none in evaluation, the same one for the same seed.
struct EmbeddingNoiseTests {
  private let tiny = TinyTraining()

  private func losses(alpha: Double, recompute: Bool = false) throws -> [Double] {
    var options = tiny.options(steps: 4)
    options.neftuneNoiseAlpha = alpha
    options.recompute = recompute
    let trainer = try tiny.trainer(options)
    return try (0..<4).map { _ in try trainer.step().loss }
  }

  @Test func noiseFollowsFromTheSeed() throws {
    let (plain, noisy) = (try losses(alpha: 0), try losses(alpha: 5))
    #expect(try losses(alpha: 5) == noisy)
    #expect(try losses(alpha: 5, recompute: true) == noisy)
    #expect(zip(plain, noisy).allSatisfy { $0 != $1 })
  }

  /// The change of a loss shrinks with α, down to nothing.
  @Test func noiseGrowsWithAlpha() throws {
    let plain = try losses(alpha: 0)[0]
    let changes = try [5, 0.05, 0.0005].map { abs(try losses(alpha: $0)[0] - plain) }
    #expect(changes[0] > changes[1] && changes[1] > changes[2])
    #expect(changes[2] < 1e-3)
  }

  @Test func evaluationHasNone() throws {
    var options = tiny.options(steps: 1)
    let plain = try tiny.trainer(options)
    options.neftuneNoiseAlpha = 50
    let noisy = try tiny.trainer(options)
    #expect(try plain.evaluate(tiny.rows(6)).loss == noisy.evaluate(tiny.rows(6)).loss)
  }
}
