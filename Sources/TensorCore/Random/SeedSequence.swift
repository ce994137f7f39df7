/// Spreads a small seed over as many well-mixed words as a generator needs, as NumPy's `SeedSequence` does.
///
/// - SeeAlso: O'Neill, "Developing a seed_seq Alternative", 2015; NumPy's `SeedSequence` with its pool of four words.
struct SeedSequence {
  private var pool: [UInt32]

  init(seed: UInt64) {
    let low = UInt32(truncatingIfNeeded: seed)
    let high = UInt32(truncatingIfNeeded: seed >> 32)
    var hash = Hash(constant: 0x43b0_d7e5, multiplier: 0x931e_8875)
    pool = [low, high, 0, 0].map { hash.mix($0) }
    for source in pool.indices {
      for target in pool.indices where target != source {
        pool[target] = Self.mix(pool[target], hash.mix(pool[source]))
      }
    }
  }

  /// Returns `count` words of 64 bits.
  func words64(count: Int) -> [UInt64] {
    var hash = Hash(constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded)
    let words = (0..<2 * count).map { hash.mix(pool[$0 % pool.count]) }
    return (0..<count).map { UInt64(words[2 * $0]) | UInt64(words[2 * $0 + 1]) << 32 }
  }

  private static func mix(_ left: UInt32, _ right: UInt32) -> UInt32 {
    let mixed = left &* 0xca01_f9dd &- right &* 0x4973_f715
    return mixed ^ mixed >> 16
  }

  /// A multiplicative hash whose constant changes at every use.
  private struct Hash {
    var constant: UInt32
    let multiplier: UInt32

    mutating func mix(_ word: UInt32) -> UInt32 {
      var mixed = word ^ constant
      constant &*= multiplier
      mixed &*= constant
      return mixed ^ mixed >> 16
    }
  }
}
