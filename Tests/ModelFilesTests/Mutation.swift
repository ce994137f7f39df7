import TensorCore

/// One change of a file, as a bad disk, a broken download or an attacker makes it.
struct Mutation {
  private var random: SplitMix64

  /// The same number gives the same change.
  init(number: Int, stream: UInt64) { random = SplitMix64(seed: stream, stream: UInt64(number)) }

  /// Numbers at which counts and lengths go wrong.
  private static let extremes: [UInt64] = [
    0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, 1 << 40, 1 << 60,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffe0, .max,
  ]

  /// Changes `bytes` somewhere in its first `limit` bytes, one to four times.
  mutating func apply(to bytes: inout [UInt8], first limit: Int) {
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let end = min(limit, bytes.count)
      guard end > 16 else { return }
      change(&bytes, end)
    }
  }

  private mutating func change(_ bytes: inout [UInt8], _ end: Int) {
    let place = Int.random(in: 0..<end - 8, using: &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(place...)
    case 3:
      let run = (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      bytes.insert(contentsOf: run, at: place)
    case 4:
      let other = Int.random(in: 0..<end - 8, using: &random)
      for offset in 0..<8 { bytes.swapAt(place + offset, other + offset) }
    default:
      let value = Self.extremes[Int.random(in: 0..<Self.extremes.count, using: &random)]
      let width = Bool.random(using: &random) ? 8 : 4
      bytes.replaceSubrange(place..<place + width, with: littleEndian(value).prefix(width))
    }
  }
}
