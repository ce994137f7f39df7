import TensorCore

/// One damaged version of a file, as a bad disk, a broken download or an attacker makes it.
struct Mutation {
  private var random: SplitMix64
  private let words: [[UInt8]]

  /// The same number gives the same change.
  ///
  /// - Parameter words: Pieces that mean something in the format, put in now and then.
  init(number: Int, stream: UInt64, words: [[UInt8]]) {
    random = SplitMix64(seed: stream, stream: UInt64(number))
    self.words = words
  }

  /// Numbers at which counts and lengths go wrong.
  private static let extremes: [UInt64] = [
    0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, 1 << 40, 1 << 60,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffe0, .max,
  ]

  /// Changes `bytes` one to four times, mostly in its first `head` bytes, where formats keep their lengths.
  mutating func apply(to bytes: inout [UInt8], head: Int) {
    let end = Bool.random(using: &random) ? min(head, bytes.count) : bytes.count
    for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, min(end, bytes.count)) }
  }

  private mutating func change(_ bytes: inout [UInt8], _ end: Int) {
    guard end > 16 else { return }
    let place = Int.random(in: 0..<end - 8, using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeSubrange(place...)
    case 3: bytes.insert(contentsOf: noise(), at: place)
    case 4: bytes.removeSubrange(place..<min(end, place + Int.random(in: 1...64, using: &random)))
    case 5: repeatPiece(&bytes, place, end)
    case 6: changeDigit(&bytes, place)
    case 7:
      let word = words.randomElement(using: &random) ?? noise()
      let keepsLength = Bool.random(using: &random)
      bytes.replaceSubrange(place..<(keepsLength ? min(bytes.count, place + word.count) : place), with: word)
    default:
      let value = Self.extremes[Int.random(in: 0..<Self.extremes.count, using: &random)]
      let width = Bool.random(using: &random) ? 8 : 4
      let written = withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(width)) }
      bytes.replaceSubrange(place..<place + width, with: written)
    }
  }

  private mutating func noise() -> [UInt8] {
    (0..<Int.random(in: 1...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  /// Writes a piece several times: nesting, duplicate names, long lists.
  private mutating func repeatPiece(_ bytes: inout [UInt8], _ place: Int, _ end: Int) {
    let piece = Array(bytes[place..<min(end, place + Int.random(in: 1...32, using: &random))])
    let times = 1 << Int.random(in: 0...9, using: &random)
    bytes.insert(contentsOf: (0..<times).flatMap { _ in piece }, at: place)
  }

  /// Makes the next decimal digit another one, or many.
  private mutating func changeDigit(_ bytes: inout [UInt8], _ place: Int) {
    guard let digit = bytes[place...].firstIndex(where: { (48...57).contains($0) }) else { return }
    let count = Int.random(in: 0...20, using: &random)
    bytes.replaceSubrange(digit...digit, with: (0..<count).map { _ in UInt8.random(in: 48...57, using: &random) })
  }
}
