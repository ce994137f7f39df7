/// The generator behind `numpy.random.default_rng(seed)`: PCG64 (XSL-RR, 128 bits of state) seeded by `SeedSequence`.
///
/// Hugging Face's `Dataset.shuffle(seed:)` and `train_test_split(seed:)` order their rows by it.
///
/// - SeeAlso: O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
///   Generation", 2014; NumPy's `PCG64` and `SeedSequence`.
package struct NumPyGenerator: RandomNumberGenerator, Sendable {
  private static let multiplier: UInt128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645

  private var state: UInt128 = 0
  private let increment: UInt128
  /// The high half of the last 64 bits, which NumPy keeps for the next draw of 32.
  private var spareBits: UInt32?

  /// Creates the generator that `numpy.random.default_rng(seed)` gives.
  package init(seed: UInt64) {
    let words = SeedSequence(seed: seed).words64(count: 4)
    increment = (UInt128(words[2]) << 64 | UInt128(words[3])) << 1 | 1
    step()
    state &+= UInt128(words[0]) << 64 | UInt128(words[1])
    step()
  }

  private mutating func step() { state = state &* Self.multiplier &+ increment }

  /// Returns the next 64 random bits.
  package mutating func next() -> UInt64 {
    step()
    let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
    let rotation = UInt64(truncatingIfNeeded: state >> 122)
    return folded >> rotation | folded << ((64 &- rotation) & 63)
  }

  /// Returns the next 32 random bits; two draws share 64.
  package mutating func nextBits() -> UInt32 {
    if let bits = spareBits {
      spareBits = nil
      return bits
    }
    let bits = next()
    spareBits = UInt32(truncatingIfNeeded: bits >> 32)
    return UInt32(truncatingIfNeeded: bits)
  }
}

// MARK: - Draws

extension NumPyGenerator {
  /// Returns `0..<count` in random order, as `default_rng(seed).permutation(count)` does.
  ///
  /// - Complexity: O(`count`).
  package mutating func permutation(of count: Int) -> [Int] {
    precondition(0...Int(UInt32.max) ~= count, "a permutation takes 0 to 4,294,967,295 elements, not \(count)")
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, Int(bounded(through: UInt32(index))))
    }
    return order
  }

  /// Returns a number of `0...last` without bias: masked bits, drawn again while they are too large.
  private mutating func bounded(through last: UInt32) -> UInt32 {
    let mask = UInt32.max >> last.leadingZeroBitCount
    while true {
      let bits = nextBits() & mask
      if bits <= last { return bits }
    }
  }
}
