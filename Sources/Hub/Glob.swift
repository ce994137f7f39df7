/// A pattern of file names with `*`, `?` and `[…]`, with the rules of Python's `fnmatch.fnmatchcase`.
///
/// Capitals count, and `*` matches `/` as well: `*Q4_K_M.gguf` finds a file in any folder. A pattern that ends with
/// `/` takes the whole folder, as Hugging Face's tools have it.
struct Glob {
  private enum Part {
    case one(Unicode.Scalar)
    case any
    case run
    case set([ClosedRange<Unicode.Scalar>], isInverted: Bool)
  }

  private let parts: [Part]

  init(_ pattern: String) {
    let scalars = Array((pattern.hasSuffix("/") ? pattern + "*" : pattern).unicodeScalars)
    var parts: [Part] = []
    var position = 0
    while position < scalars.count {
      let scalar = scalars[position]
      position += 1
      switch scalar {
      case "*": parts.append(.run)
      case "?": parts.append(.any)
      case "[":
        if let (set, end) = Self.set(scalars, from: position) {
          parts.append(set)
          position = end
        } else {
          parts.append(.one("["))
        }
      default: parts.append(.one(scalar))
      }
    }
    self.parts = parts
  }

  /// Whether all of the text matches.
  ///
  /// - Complexity: O(`text` × pattern), also for patterns with many stars.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var part = 0
    var position = 0
    var lastRun: (part: Int, position: Int)?
    while position < scalars.count {
      if part < parts.count, case .run = parts[part] {
        lastRun = (part, position)
        part += 1
      } else if part < parts.count, Self.matches(scalars[position], parts[part]) {
        part += 1
        position += 1
      } else if let run = lastRun {
        lastRun = (run.part, run.position + 1)
        part = run.part + 1
        position = run.position + 1
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { if case .run = $0 { true } else { false } }
  }

  private static func matches(_ scalar: Unicode.Scalar, _ part: Part) -> Bool {
    switch part {
    case .one(let expected): scalar == expected
    case .any: true
    case .run: false
    case .set(let ranges, let isInverted): ranges.contains { $0.contains(scalar) } != isInverted
    }
  }

  /// The set that begins behind a `[`, and where it ends; `nil` when no `]` closes it.
  private static func set(_ scalars: [Unicode.Scalar], from start: Int) -> (Part, Int)? {
    var position = start
    let isInverted = position < scalars.count && scalars[position] == "!"
    if isInverted { position += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let first = position
    while position < scalars.count {
      let scalar = scalars[position]
      if scalar == "]" && position > first { return (.set(ranges, isInverted: isInverted), position + 1) }
      if position + 2 < scalars.count, scalars[position + 1] == "-", scalars[position + 2] != "]" {
        let end = scalars[position + 2]
        if scalar <= end { ranges.append(scalar...end) }
        position += 3
      } else {
        ranges.append(scalar...scalar)
        position += 1
      }
    }
    return nil
  }
}
