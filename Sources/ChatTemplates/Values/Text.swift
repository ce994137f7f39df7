/// A string as Python has it: a list of code points, compared by value.
///
/// Swift's `String` counts and compares grapheme clusters, so its lengths, slices and equality would be others.
struct Text: Sendable {
  var scalars: [Unicode.Scalar]
  /// Whether this is escaped HTML (`Markup`), which escapes whatever is added to it.
  var isMarkup = false

  init(_ scalars: some Sequence<Unicode.Scalar> = [], isMarkup: Bool = false) {
    self.scalars = Array(scalars)
    self.isMarkup = isMarkup
  }

  init(_ string: String) { scalars = Array(string.unicodeScalars) }

  var string: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  var count: Int { scalars.count }
  var isEmpty: Bool { scalars.isEmpty }

  static func + (left: Text, right: Text) -> Text { Text(left.scalars + right.scalars) }
}

extension Text: Hashable, Comparable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self.init(value) }

  static func == (left: Text, right: Text) -> Bool { left.scalars == right.scalars }
  func hash(into hasher: inout Hasher) { hasher.combine(scalars) }
  static func < (left: Text, right: Text) -> Bool { left.scalars.lexicographicallyPrecedes(right.scalars) }
}

// MARK: - Searching

extension Text {
  /// The first place of `other` that lies inside `range`, or `nil`.
  func firstIndex(of other: Text, in range: Range<Int>) -> Int? {
    guard other.count <= range.count else { return nil }
    guard let head = other.scalars.first else { return range.lowerBound }
    return (range.lowerBound...range.upperBound - other.count).first { start in
      scalars[start] == head && matches(other, at: start)
    }
  }

  /// The last place of `other` that lies inside `range`, or `nil`.
  func lastIndex(of other: Text, in range: Range<Int>) -> Int? {
    guard other.count <= range.count else { return nil }
    return (range.lowerBound...range.upperBound - other.count).last { matches(other, at: $0) }
  }

  /// Whether `other` stands at `start`, where it must have room.
  private func matches(_ other: Text, at start: Int) -> Bool {
    scalars[start..<start + other.count].elementsEqual(other.scalars)
  }

  func contains(_ other: Text) -> Bool { firstIndex(of: other, in: 0..<count) != nil }

  /// The places of `other` from the left, without overlaps.
  ///
  /// An empty one is found before each character and at the end.
  func indices(of other: Text, atMost most: Int = .max) -> [Int] {
    if other.isEmpty { return Array((0...count).prefix(most)) }
    var found: [Int] = []
    var start = 0
    while found.count < most, let next = firstIndex(of: other, in: start..<count) {
      found.append(next)
      start = next + other.count
    }
    return found
  }
}

// MARK: - Cutting

extension Text {
  subscript(range: Range<Int>) -> Text { Text(scalars[range], isMarkup: isMarkup) }

  /// The text without characters of a set at its ends.
  func stripped(left: Bool = true, right: Bool = true, where isStripped: (Unicode.Scalar) -> Bool) -> Text {
    let start = left ? scalars.firstIndex { !isStripped($0) } ?? count : 0
    let end = right ? (scalars.lastIndex { !isStripped($0) } ?? -1) + 1 : count
    return self[start..<max(start, end)]
  }

  /// The pieces between places where a separator of `length` characters stands.
  func pieces(between indices: [Int], separator length: Int) -> [Text] {
    var start = 0
    var pieces: [Text] = []
    for index in indices {
      pieces.append(self[start..<index])
      start = index + length
    }
    return pieces + [self[start..<count]]
  }
}
