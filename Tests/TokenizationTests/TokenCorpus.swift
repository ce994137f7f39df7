import JSONValue
import TestSupport
import Testing

/// The 100,000 strings on which tokenizers are compared, drawn as `Tests/Fixtures/makers/token_pool.py` draws them.
struct TokenCorpus {
  static let count = 100_000
  static let shared = Result { try TokenCorpus() }

  let strings: [String]

  private init() throws {
    let pool = try Pool(Fixtures.json("tokenizers/pool.json"))
    strings = (0..<UInt64(Self.count)).map { pool.string($0) }
  }
}

/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
private struct SplitMix64 {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }
}

/// The pieces that strings are put together of.
private struct Pool {
  private static let ranges: [Range<UInt32>] = [
    0x20..<0x250, 0x300..<0x370, 0x3A3..<0x3E2, 0x400..<0x530, 0x5D0..<0x5EB, 0x621..<0x64B, 0x905..<0x93A,
    0xE01..<0xE3B,
    0x1E00..<0x1F00, 0x2010..<0x2030, 0x2150..<0x2190, 0x2190..<0x2300, 0x3041..<0x3097, 0x30A1..<0x30FB,
    0x4E00..<0x9FA6,
    0xAC00..<0xD7A4, 0xF900..<0xFA00, 0xFF01..<0xFF60, 0x10330..<0x1034B, 0x1D400..<0x1D455, 0x1F300..<0x1F5FF,
    0x20000..<0x2A6D6,
  ]

  private let pieces: [String: [[Unicode.Scalar]]]

  init(_ json: JSONValue) throws {
    pieces = try #require(json.object).mapValues { texts in
      try #require(texts.array).map { Array(try #require($0.string).unicodeScalars) }
    }
  }

  func string(_ index: UInt64) -> String {
    var random = SplitMix64(state: index)
    var scalars = String.UnicodeScalarView()
    for number in 0..<1 + random.below(4) {
      if number > 0 {
        scalars.append(contentsOf: ["", "", "", " ", " ", " ", " ", "\n"][random.below(8)].unicodeScalars)
      }
      scalars.append(contentsOf: piece(&random))
    }
    return String(scalars)
  }

  private func piece(_ random: inout SplitMix64) -> [Unicode.Scalar] {
    switch random.below(32) {
    case ..<14: return slice("texts", 20, &random)
    case ..<18: return slice("code", 30, &random)
    case ..<20: return pick("emoji", &random)
    case ..<22:
      let space = pick("spaces", &random)
      return (0..<[1, 1, 1, 2, 3, 17][random.below(6)]).flatMap { _ in space }
    case ..<24: return pick("numbers", &random)
    case ..<26: return pick("marks", &random)
    case ..<28: return pick("special", &random)
    case ..<30:
      let bytes = (0..<1 + random.below(8)).map { _ in UInt8(random.below(256)) }
      return Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    default:
      let range = Self.ranges[random.below(Self.ranges.count)]
      return (0..<1 + random.below(4)).compactMap { _ in
        Unicode.Scalar(range.lowerBound + UInt32(random.below(range.count)))
      }
    }
  }

  private func pick(_ name: String, _ random: inout SplitMix64) -> [Unicode.Scalar] {
    let texts = pieces[name] ?? []
    return texts[random.below(texts.count)]
  }

  private func slice(_ name: String, _ longest: Int, _ random: inout SplitMix64) -> [Unicode.Scalar] {
    let text = pick(name, &random)
    let start = random.below(text.count)
    return Array(text[start..<min(text.count, start + 1 + random.below(longest))])
  }
}
