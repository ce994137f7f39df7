/// A small and fast generator whose `n`-th number depends on the seed and `n` alone.
///
/// As any number can be asked for by its index, threads draw theirs independently and the outcome does not depend on
/// how many threads there are: dropout takes the number at the index of each element.
///
/// - SeeAlso: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
package struct SplitMix64: RandomNumberGenerator, Sendable {
  @usableFromInline let seed: UInt64
  /// The index of the number that ``next()`` returns; set it to go on from a checkpoint.
  package var index: UInt64 = 0

  package init(seed: UInt64) { self.seed = seed }

  /// Creates one of many independent generators that share a seed, as one for each layer or step.
  package init(seed: UInt64, stream: UInt64) {
    self.init(seed: Self.scramble(Self.scramble(seed) &+ stream &* 0xd1b5_4a32_d192_ed03 &+ 1))
  }

  /// Returns the 64 random bits at `index`, whatever was drawn before.
  @inlinable package func bits(at index: UInt64) -> UInt64 {
    Self.scramble(seed &+ (index &+ 1) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Returns a number of `0..<1` with 24 random bits, drawn at `index`.
  @inlinable package func uniform(at index: UInt64) -> Float { Float(bits(at: index) >> 40) * 0x1p-24 }

  /// Returns the next 64 random bits.
  @inlinable package mutating func next() -> UInt64 {
    defer { index &+= 1 }
    return bits(at: index)
  }

  /// Returns the next number of `0..<1`, with 53 random bits.
  @inlinable package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  @inlinable static func scramble(_ word: UInt64) -> UInt64 {
    var mixed = word
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
