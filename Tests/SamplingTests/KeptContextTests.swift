import Generation
import LanguageModels
import TestSupport
import Testing

/// What was read before is not read again, and never for another model.
struct KeptContextTests {
  private let model: LanguageModel
  private let text = (0..<40).map { $0 * 7 % 300 + 3 }

  init() throws { model = try LanguageModel(path: Fixtures.path("tiny-llama.gguf")) }

  @Test func theSameTextIsTheSameToTheBit() throws {
    let context = PrefixContext(model)
    let first = try context.read(text)
    _ = try context.append([5, 6, 7])
    let again = try context.read(text)
    #expect(first.reused == 0 && again.reused == text.count && again.logits == first.logits)
  }

  @Test func textsAreReadFromWhereTheyPart() throws {
    let context = PrefixContext(model)
    _ = try context.read(text)
    for (whole, reused) in [
      (text + [9, 8], 40), (Array(text[..<30]), 29), (Array(text[..<20]) + [1, 2, 3], 20), ([4, 5], 0), (text, 0),
    ] {
      let found = try context.read(whole)
      #expect(found.reused == reused)
      #expect(largestDifference(found.logits, try PrefixContext(model).read(whole).logits) < 1e-4)
    }
  }

  @Test func aReadThatWasInterruptedIsForgotten() throws {
    let context = PrefixContext(model)
    _ = try context.read(text)
    #expect(throws: CancellationError.self) { try context.read(text + [1, 2], isCancelled: { true }) }
    let found = try context.read(text + [1, 2])
    #expect(largestDifference(found.logits, try PrefixContext(model).read(text + [1, 2]).logits) < 1e-4)
  }

  @Test func eachOwnerHasItsOwnUntilItIsForgotten() throws {
    let kept = KeptContexts(byteLimit: 1 << 30)
    let (one, other) = (Owner(), Owner())
    var changed = model
    changed.activations = .int8
    func reused(_ owner: Owner, _ model: LanguageModel) throws -> Int {
      try kept.lend(ObjectIdentifier(owner), model) { context in
        #expect(context.model.activations == model.activations)
        return try context.read(text).reused
      }
    }
    #expect(try reused(one, model) == 0 && reused(other, changed) == 0)
    #expect(try reused(one, model) == 40 && reused(other, changed) == 40)
    let bytes = kept.byteCount
    kept.forget(ObjectIdentifier(one))
    #expect(bytes > 0 && kept.byteCount < bytes)
    #expect(try reused(one, model) == 0)
  }

  @Test func theLeastRecentlyUsedIsGivenBackFirst() throws {
    let size = try { () throws -> Int in
      let context = PrefixContext(model)
      _ = try context.read(text)
      return context.byteCount
    }()
    let kept = KeptContexts(byteLimit: 2 * size)
    let owners = (0..<3).map { _ in Owner() }
    func reused(_ index: Int) throws -> Int {
      try kept.lend(ObjectIdentifier(owners[index]), model) { try $0.read(text).reused }
    }
    for index in [0, 1, 0, 2] { _ = try reused(index) }
    #expect(kept.byteCount == 2 * size)
    #expect(try reused(0) == 40 && reused(2) == 40)
    #expect(try reused(1) == 0)
    let none = KeptContexts(byteLimit: size - 1)
    for _ in 0..<2 {
      #expect(try none.lend(ObjectIdentifier(owners[0]), model) { try $0.read(text).reused } == 0)
      #expect(none.byteCount == 0)
    }
  }

  private final class Owner {}
}
