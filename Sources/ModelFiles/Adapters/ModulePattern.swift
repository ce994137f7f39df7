/// A regular expression over the names of modules, as PEFT's settings have them.
///
/// It knows what such patterns are made of: literals, `.`, `\.`, `\d`, `\w`, `\s`, `[…]`, groups, `|`, `* + ? {m,n}`, `^`
/// and `$`. Matching walks all alternatives at once (Thompson, 1968), so that no pattern from a file takes more than
/// time proportional to its length times the name's.
package struct ModulePattern: Sendable {
  package let text: String
  private let program: [Instruction]

  /// The longest name that is looked at; those of modules have some fifty characters.
  private static let longestName = 1000

  /// Reads a pattern; `nil` for syntax that it does not know and for patterns that are absurdly long.
  package init?(_ text: String) {
    var compiler = Compiler(text)
    guard let program = compiler.program() else { return nil }
    self.text = text
    self.program = program
  }

  /// Whether the pattern matches the whole name.
  package func matchesWhole(_ name: String) -> Bool { matches(name.unicodeScalars.prefix(Self.longestName + 1)) }

  /// Whether the pattern matches the whole name, or all of it behind one of its dots: PEFT's rule for patterns of ranks
  /// and alphas.
  package func matchesEnd(of name: String) -> Bool {
    let scalars = name.unicodeScalars.prefix(Self.longestName + 1)
    if matches(scalars) { return true }
    return scalars.indices.contains {
      scalars[$0] == "." && matches(scalars[scalars.index(after: $0)...], isBehindDot: true)
    }
  }

  /// - Parameter isBehindDot: Whether something stands before the name, where `^` does not match.
  private func matches(_ name: Substring.UnicodeScalarView, isBehindDot: Bool = false) -> Bool {
    if case .character(let set) = program[0], name.first.map(set.contains) != true { return false }
    let scalars = Array(name)
    guard scalars.count <= Self.longestName else { return false }
    let first = isBehindDot ? 1 : 0
    let end = first + scalars.count
    var states = States(count: program.count)
    add(0, to: &states, at: first, of: end)
    for (place, scalar) in zip(first..., scalars) {
      var next = States(count: program.count)
      for state in states.list {
        if case .character(let set) = program[state], set.contains(scalar) {
          add(state + 1, to: &next, at: place + 1, of: end)
        }
      }
      states = next
      if states.list.isEmpty { return false }
    }
    // The last instruction is the only one that matches.
    return states.list.contains(program.count - 1)
  }

  /// Adds a state and those that it leads to without a character.
  private func add(_ first: Int, to states: inout States, at place: Int, of length: Int) {
    var waiting = [first]
    while let state = waiting.popLast() {
      guard states.insert(state) else { continue }
      switch program[state] {
      case .split(let a, let b): waiting += [a, b]
      case .jump(let target): waiting.append(target)
      case .start: if place == 0 { waiting.append(state + 1) }
      case .end: if place == length { waiting.append(state + 1) }
      case .character, .match: break
      }
    }
  }

  private struct States {
    private(set) var list: [Int] = []
    private var isIn: [Bool]

    init(count: Int) { isIn = [Bool](repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
      guard !isIn[state] else { return false }
      isIn[state] = true
      list.append(state)
      return true
    }
  }
}

extension ModulePattern: Hashable {
  package static func == (a: ModulePattern, b: ModulePattern) -> Bool { a.text == b.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Dictionary where Key == ModulePattern {
  /// The value of one module, whose name is then the pattern.
  package subscript(module: String) -> Value? {
    get { ModulePattern(module).flatMap { self[$0] } }
    set {
      guard let pattern = ModulePattern(module) else { preconditionFailure("'\(module)' is no module's name") }
      self[pattern] = newValue
    }
  }
}

// MARK: - Programs

extension ModulePattern {
  /// Characters that one place of a pattern stands for.
  fileprivate struct CharacterSet: Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var isInverted = false

    func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar) } != isInverted }

    static let any = CharacterSet(ranges: ["\n"..."\n"], isInverted: true)
    static let digit: [ClosedRange<Unicode.Scalar>] = ["0"..."9"]
    static let word: [ClosedRange<Unicode.Scalar>] = ["0"..."9", "a"..."z", "A"..."Z", "_"..."_"]
    static let space: [ClosedRange<Unicode.Scalar>] = [" "..." ", "\t"..."\r"]
  }

  fileprivate enum Instruction: Sendable {
    case character(CharacterSet)
    case split(Int, Int)
    case jump(Int)
    case start
    case end
    case match

    /// The same instruction of a program that begins elsewhere.
    func moved(by distance: Int) -> Instruction {
      switch self {
      case .split(let a, let b): .split(a + distance, b + distance)
      case .jump(let target): .jump(target + distance)
      default: self
      }
    }
  }

  /// A descent through the pattern's text that writes the program of each part.
  fileprivate struct Compiler {
    private static let longestPattern = 2000
    private static let longestProgram = 20_000
    private static let mostRepetitions = 100
    private static let deepestGroup = 50

    private let text: [Unicode.Scalar]
    private var place = 0
    private var depth = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars.prefix(Self.longestPattern + 1)) }

    mutating func program() -> [Instruction]? {
      guard text.count <= Self.longestPattern, let body = alternatives(), place == text.count else { return nil }
      return body + [.match]
    }

    private var next: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
      guard next == scalar else { return false }
      place += 1
      return true
    }

    private mutating func alternatives() -> [Instruction]? {
      guard var result = sequence() else { return nil }
      while take("|") {
        guard let other = sequence() else { return nil }
        result =
          [.split(1, result.count + 2)] + result.map { $0.moved(by: 1) } + [.jump(result.count + other.count + 2)]
          + other.map { $0.moved(by: result.count + 2) }
      }
      return result
    }

    private mutating func sequence() -> [Instruction]? {
      var result: [Instruction] = []
      while let scalar = next, scalar != "|", scalar != ")" {
        guard let part = atom(), let repeated = repetition(of: part) else { return nil }
        result += repeated.map { $0.moved(by: result.count) }
        guard result.count <= Self.longestProgram else { return nil }
      }
      return result
    }

    private mutating func atom() -> [Instruction]? {
      guard let scalar = next else { return nil }
      place += 1
      switch scalar {
      case "^": return [.start]
      case "$": return [.end]
      case ".": return [.character(.any)]
      case "(": return group()
      case "[": return bracket().map { [.character($0)] }
      case "\\": return escape().map { [.character($0)] }
      case "*", "+", "?", "{": return nil
      default: return [.character(CharacterSet(ranges: [scalar...scalar]))]
      }
    }

    private mutating func group() -> [Instruction]? {
      depth += 1
      defer { depth -= 1 }
      if take("?"), !take(":") { return nil }
      guard depth <= Self.deepestGroup, let body = alternatives(), take(")") else { return nil }
      return body
    }

    private mutating func escape() -> CharacterSet? {
      guard let scalar = next else { return nil }
      place += 1
      switch scalar {
      case "d": return CharacterSet(ranges: CharacterSet.digit)
      case "w": return CharacterSet(ranges: CharacterSet.word)
      case "s": return CharacterSet(ranges: CharacterSet.space)
      case "D": return CharacterSet(ranges: CharacterSet.digit, isInverted: true)
      case "W": return CharacterSet(ranges: CharacterSet.word, isInverted: true)
      case "S": return CharacterSet(ranges: CharacterSet.space, isInverted: true)
      default:
        let isLetter = CharacterSet(ranges: CharacterSet.word).contains(scalar)
        return isLetter ? nil : CharacterSet(ranges: [scalar...scalar])
      }
    }

    private mutating func bracket() -> CharacterSet? {
      var set = CharacterSet()
      set.isInverted = take("^")
      repeat {
        guard let first = next else { return nil }
        place += 1
        if first == "\\" {
          guard let escaped = escape(), !escaped.isInverted else { return nil }
          set.ranges += escaped.ranges
          continue
        }
        if next == "-", place + 1 < text.count, text[place + 1] != "]" {
          let last = text[place + 1]
          place += 2
          guard first <= last else { return nil }
          set.ranges.append(first...last)
        } else {
          set.ranges.append(first...first)
        }
      } while next != "]"
      return take("]") ? set : nil
    }

    /// A part with the quantifier behind it.
    ///
    /// Whether it is lazy makes no difference to whether a name matches.
    private mutating func repetition(of part: [Instruction]) -> [Instruction]? {
      let bounds: (least: Int, most: Int?)
      switch next {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counts = counts() else { return nil }
        bounds = counts
      default: return part
      }
      // The quantifier's own character, or the brace that closes it.
      place += 1
      _ = take("?")
      return Self.repeated(part, bounds.least, bounds.most)
    }

    /// `{m}`, `{m,}`, `{,n}` or `{m,n}`, up to the closing brace.
    private mutating func counts() -> (least: Int, most: Int?)? {
      guard let close = text[place...].firstIndex(of: "}") else { return nil }
      let parts = text[(place + 1)..<close].split(separator: ",", omittingEmptySubsequences: false)
        .map { String(String.UnicodeScalarView($0)) }
      guard (1...2).contains(parts.count), parts.contains(where: { !$0.isEmpty }) else { return nil }
      let numbers = parts.map { Int($0) }
      for (part, number) in zip(parts, numbers) where !part.isEmpty {
        guard let number, 0...Self.mostRepetitions ~= number else { return nil }
      }
      place = close
      let least = numbers[0] ?? 0
      let most = parts.count == 1 ? least : numbers[1]
      if let most, most < least { return nil }
      return (least, most)
    }

    private static func repeated(_ part: [Instruction], _ least: Int, _ most: Int?) -> [Instruction]? {
      guard part.count * max(least, most ?? 0, 1) <= longestProgram else { return nil }
      var result: [Instruction] = []
      for _ in 0..<least { result += part.map { $0.moved(by: result.count) } }
      guard let most else {
        let start = result.count
        return result + [.split(start + 1, start + part.count + 2)] + part.map { $0.moved(by: start + 1) }
          + [.jump(start)]
      }
      let end = result.count + (most - least) * (part.count + 1)
      for _ in least..<most {
        let start = result.count
        result += [.split(start + 1, end)] + part.map { $0.moved(by: start + 1) }
      }
      return result
    }
  }
}
