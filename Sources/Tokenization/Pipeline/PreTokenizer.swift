/// How text is cut into words before merging; merges never cross the border of a word.
///
/// The stages run one after the other, each on the parts that the one before has left.
struct PreTokenizer: Sendable, Hashable {
  /// How matches of a pattern become parts, in the words of tokenizer.json.
  enum Behavior: String, Sendable, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  /// Where a space is put before a text.
  enum PrependScheme: String, Sendable, CaseIterable {
    case always
    case first
    case never
  }

  enum Stage: Sendable, Hashable {
    case split(SplitPattern, Behavior, inverted: Bool)
    /// Puts a space before a part that does not begin with one.
    case prependSpace
    /// Writes `▁` for spaces and puts one before the part.
    case metaspace(PrependScheme)
  }

  var stages: [Stage]
  /// Whether the words' bytes, not their characters, are what merging begins with.
  var isByteLevel: Bool

  /// Calls `body` with each word of `piece` in turn.
  ///
  /// - Parameter isFirst: Whether nothing of the text stands before the piece.
  @inline(__always)
  func forEachWord(
    of piece: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    if stages.count == 1, case .split(let pattern, .isolated, _) = stages[0] {
      // The common case, kept free of indirection.
      let text = ClassifiedText(piece)
      var start = 0
      while start < text.count {
        let end = pattern.part(of: text, from: start).end
        body(UnsafeBufferPointer(rebasing: piece[start..<end]))
        start = end
      }
    } else {
      run(0, on: piece, isFirst: isFirst, body)
    }
  }

  private func run(
    _ index: Int, on piece: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard index < stages.count else {
      if !piece.isEmpty { body(piece) }
      return
    }
    switch stages[index] {
    case .split(let pattern, let behavior, let inverted):
      PartSplitter(pattern: pattern, behavior: behavior, inverted: inverted).forEachPart(of: piece) { part in
        run(index + 1, on: part, isFirst: isFirst && part.baseAddress == piece.baseAddress, body)
      }
    case .prependSpace:
      if piece.first == UInt8(ascii: " ") { return run(index + 1, on: piece, isFirst: isFirst, body) }
      ([UInt8(ascii: " ")] + piece).withUnsafeBufferPointer { run(index + 1, on: $0, isFirst: isFirst, body) }
    case .metaspace(let scheme):
      var bytes = Array(piece)
      ByteReplacement.replace([UInt8(ascii: " ")], by: Metaspace.bytes, in: &bytes)
      if scheme == .always || scheme == .first && isFirst, !bytes.starts(with: Metaspace.bytes) {
        bytes.insert(contentsOf: Metaspace.bytes, at: 0)
      }
      bytes.withUnsafeBufferPointer { run(index + 1, on: $0, isFirst: isFirst, body) }
    }
  }
}

/// Cuts a text by a pattern, in one of the ways that tokenizer.json knows.
private struct PartSplitter {
  let pattern: SplitPattern
  let behavior: PreTokenizer.Behavior
  let inverted: Bool

  func forEachPart(of piece: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    let text = ClassifiedText(piece)
    var pending = 0..<0
    var lastIsMatch = false
    var start = 0
    while start < text.count {
      var (end, isMatch) = pattern.part(of: text, from: start)
      if inverted { isMatch.toggle() }
      if joins(isMatch: isMatch, lastIsMatch: lastIsMatch, hasPending: !pending.isEmpty) {
        pending = pending.lowerBound..<end
      } else {
        if !pending.isEmpty { body(UnsafeBufferPointer(rebasing: piece[pending])) }
        pending = isMatch && behavior == .removed ? 0..<0 : start..<end
      }
      lastIsMatch = isMatch
      start = end
    }
    if !pending.isEmpty { body(UnsafeBufferPointer(rebasing: piece[pending])) }
  }

  /// Whether a part goes together with the one before it.
  private func joins(isMatch: Bool, lastIsMatch: Bool, hasPending: Bool) -> Bool {
    guard hasPending else { return false }
    return switch behavior {
    case .removed, .isolated: false
    case .mergedWithPrevious: isMatch && !lastIsMatch
    case .mergedWithNext: lastIsMatch && !isMatch
    case .contiguous: isMatch == lastIsMatch
    }
  }
}
