import ModelFiles

/// Typed access to metadata with errors that name the file and the key.
struct GGUFKeys {
  let file: GGUFFile

  init(_ file: GGUFFile) { self.file = file }

  func string(_ key: String) throws(GGUFError) -> String {
    guard let value = file.metadata[key] else { throw missing(key) }
    guard let string = value.string else { throw impossible(key, expected: "a string") }
    return string
  }

  func number(_ key: String, default fallback: Double? = nil) throws(GGUFError) -> Double {
    guard let value = file.metadata[key] else {
      if let fallback { return fallback }
      throw missing(key)
    }
    guard let number = value.number, Float(number).isFinite, Float(number) > 0 else {
      throw impossible(key, expected: "a positive number")
    }
    return number
  }

  /// A size; files may give one for each of `blocks` blocks, which must then all be the same.
  func size(
    _ key: String, in range: ClosedRange<Int>, default fallback: Int? = nil, blocks: Int = 1
  ) throws(GGUFError) -> Int {
    guard let value = file.metadata[key] else {
      if let fallback { return fallback }
      throw missing(key)
    }
    if let count = value.integers?.count, count != blocks {
      throw impossible(key, expected: "one number or one for each of \(blocks) blocks, but found \(count)")
    }
    let sizes = value.integers ?? value.integer.map { [$0] } ?? []
    guard let first = sizes.first, sizes.allSatisfy({ $0 == first }), range.contains(first) else {
      throw impossible(key, expected: "an integer in \(range.lowerBound) ... \(range.upperBound)")
    }
    return first
  }

  func impossible(_ key: String, expected: String) -> GGUFError {
    GGUFError(path: file.path, reason: .wrongKey(key, expected: expected))
  }

  private func missing(_ key: String) -> GGUFError { GGUFError(path: file.path, reason: .missingKey(key)) }
}
