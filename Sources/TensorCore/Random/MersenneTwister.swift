/// The 32-bit Mersenne Twister, drawing numbers as PyTorch's CPU generator does.
///
/// The same seed gives the same initial `lora_A` as PEFT and the same order of rows as Hugging Face's Trainer.
///
/// - SeeAlso: Matsumoto and Nishimura, "Mersenne Twister", 1998; `torch.Generator` on the CPU.
package struct MersenneTwister: RandomNumberGenerator, Sendable {
  private static let length = 624
  private static let shift = 397

  private var state: [UInt32]
  private var position = MersenneTwister.length
  /// The second of a pair of normally distributed numbers.
  var nextNormal: Double?

  /// Creates the generator that `torch.manual_seed(seed)` gives; only the low 32 bits of `seed` count, as there.
  package init(seed: UInt64) {
    state = [UInt32](repeating: UInt32(truncatingIfNeeded: seed), count: Self.length)
    for index in 1..<Self.length {
      let previous = state[index - 1]
      state[index] = 1_812_433_253 &* (previous ^ (previous >> 30)) &+ UInt32(index)
    }
  }

  /// Returns the next 32 random bits.
  package mutating func nextBits() -> UInt32 {
    if position == Self.length { refill() }
    var bits = state[position]
    position += 1
    bits ^= bits >> 11
    bits ^= (bits << 7) & 0x9d2c_5680
    bits ^= (bits << 15) & 0xefc6_0000
    return bits ^ (bits >> 18)
  }

  /// Returns 64 random bits; the first draw is the high half, as in PyTorch's `random64`.
  package mutating func next() -> UInt64 {
    let high = UInt64(nextBits())
    return high << 32 | UInt64(nextBits())
  }

  private mutating func refill() {
    for index in 0..<Self.length {
      let following = state[(index + 1) % Self.length]
      let mixed = (state[index] & 0x8000_0000) | (following & 0x7fff_ffff)
      let twist: UInt32 = following & 1 == 0 ? 0 : 0x9908_b0df
      state[index] = state[(index + Self.shift) % Self.length] ^ (mixed >> 1) ^ twist
    }
    position = 0
  }
}

// MARK: - Draws

extension MersenneTwister {
  /// Returns a number drawn evenly from `range`, with 24 random bits, as `tensor.uniform_(lower, upper)` does.
  package mutating func uniform(in range: Range<Float>) -> Float {
    let fraction = Float(nextBits() & 0xff_ffff) * 0x1p-24
    return range.lowerBound.addingProduct(fraction, range.upperBound - range.lowerBound)
  }

  /// Fills `values` with numbers drawn evenly from `range`, in order.
  package mutating func fill(_ values: UnsafeMutableBufferPointer<Float>, uniformIn range: Range<Float>) {
    for index in values.indices { values[index] = uniform(in: range) }
  }

  /// Returns `0..<count` in random order, as `torch.randperm(count)` does.
  ///
  /// Beyond 214,748,363 elements PyTorch draws 64 bits for each place instead of 32, and so does this.
  ///
  /// - Complexity: O(`count`).
  package mutating func permutation(of count: Int) -> [Int] {
    precondition(count >= 0, "a permutation needs a count of 0 or more, not \(count)")
    var order = Array(0..<count)
    let drawsNarrow = count < Int(UInt32.max) / 20
    for index in 0..<max(count - 1, 0) {
      let remaining = UInt64(count - index)
      let bits = drawsNarrow ? UInt64(nextBits()) : next()
      order.swapAt(index, index + Int(bits % remaining))
    }
    return order
  }
}
