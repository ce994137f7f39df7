/// A name that may have been meant.
package struct Suggestion: Sendable, Equatable {
  /// Why it is suggested.
  package enum Reason: Sendable, Equatable {
    case spelling
    /// It is another tool's word for the same thing.
    case neighbour(tool: String)
  }

  /// The name as it is to be written, such as `topP` or `.q4_K_M`.
  package let name: String
  package let reason: Reason

  /// What the user wrote.
  let word: String
}

/// A name that could be meant, with the words that other tools have for it.
struct Candidate {
  let name: String
  var neighbours: Neighbours = [:]
}

extension Suggestion {
  /// The best of the candidates for a word that is none of them, or `nil` when nothing comes close.
  ///
  /// Another tool's word wins over a similar spelling. Spellings count as similar as in swift-argument-parser, at an
  /// edit distance below 4, and only when no more than a third of the longer word differs.
  ///
  /// - Parameter dotted: Whether the candidates begin with a dot that the word lacks.
  init?(for word: String, among candidates: [Candidate], dotted: Bool = false) {
    for candidate in candidates {
      // Our own word in other capitals is a slip, not another tool's word.
      guard Self.distance(from: word, to: candidate.name) > 0, let tool = candidate.neighbours.tool(saying: word)
      else { continue }
      self.init(name: candidate.name, reason: .neighbour(tool: tool), word: word)
      return
    }
    let ranked = candidates.compactMap { candidate -> (name: String, distance: Int)? in
      let distance = Self.distance(from: dotted ? ".\(word)" : word, to: candidate.name)
      let longer = max(word.count, candidate.name.count)
      return distance < 4 && distance * 3 <= longer + 1 ? (candidate.name, distance) : nil
    }
    guard let best = ranked.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
    self.init(name: best.name, reason: .spelling, word: word)
  }

  /// The best of the names for a word that is none of them, or `nil` when nothing comes close.
  package init?(for word: String, among names: some Sequence<String>) {
    self.init(for: word, among: names.map { Candidate(name: $0) })
  }

  /// The edits that turn one word into the other: insert, delete, replace a letter or swap two neighbours.
  ///
  /// Other capitals and underscores alone are no edit, so that `topp` is as close to `topP` as can be.
  static func distance(from first: String, to second: String) -> Int {
    let left = Array(first.lowercased().filter { $0 != "_" })
    let right = Array(second.lowercased().filter { $0 != "_" })
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        let swaps = row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
        if swaps { best = min(best, beforeLast[column - 1] + 1) }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }

  /// The line after `help:`.
  package var text: String {
    switch reason {
    case .spelling: "did you mean '\(name)'?"
    case .neighbour(let tool): "did you mean '\(name)'? \(tool) calls it '\(word)'"
    }
  }
}
