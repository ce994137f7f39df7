import ModelFiles

/// Typed access to the keys of a model's architecture, `llama.block_count` for `block_count`, with errors that name the
/// file and the key.
struct GGUFKeys {
  let file: GGUFFile
  let architecture: Architecture

  /// - Throws: ``GGUFError`` when the file does not name an architecture that Quill runs.
  init(_ file: GGUFFile) throws(GGUFError) {
    self.file = file
    let key = "general.architecture"
    guard let value = file.metadata[key] else { throw GGUFError(path: file.path, reason: .missingKey(key)) }
    guard let name = value.string else {
      throw GGUFError(path: file.path, reason: .wrongKey(key, expected: "a string"))
    }
    guard let known = Architecture(rawValue: name) else {
      throw GGUFError(path: file.path, reason: .architecture(name, known: ModelConfiguration.knownArchitectures))
    }
    architecture = known
  }

  func value(_ key: String) -> GGUFValue? { file.metadata[full(key)] }

  func contains(_ key: String) -> Bool { value(key) != nil }

  func optionalString(_ key: String) throws(GGUFError) -> String? {
    guard let value = value(key) else { return nil }
    guard let string = value.string else { throw impossible(key, expected: "a string") }
    return string
  }

  func number(_ key: String, default fallback: Double? = nil) throws(GGUFError) -> Double {
    guard let value = value(key) else {
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
    guard let value = value(key) else {
      if let fallback { return fallback }
      throw missing(key)
    }
    if let count = value.array?.count, count != blocks {
      throw impossible(key, expected: "one number or one for each of \(blocks) blocks, but found \(count)")
    }
    let sizes = value.integers ?? value.integer.map { [$0] } ?? []
    guard let first = sizes.first, sizes.allSatisfy({ $0 == first }), range.contains(first) else {
      throw impossible(key, expected: "an integer in \(range.lowerBound) ... \(range.upperBound)")
    }
    return first
  }

  /// Refuses a key that is there with a value other than zero.
  func requireZero(_ key: String, expected: String) throws(GGUFError) {
    if let value = value(key), value.number != 0 { throw impossible(key, expected: expected) }
  }

  func impossible(_ key: String, expected: String) -> GGUFError {
    GGUFError(path: file.path, reason: .wrongKey(full(key), expected: expected))
  }

  private func missing(_ key: String) -> GGUFError { GGUFError(path: file.path, reason: .missingKey(full(key))) }

  private func full(_ key: String) -> String { "\(architecture.rawValue).\(key)" }
}
