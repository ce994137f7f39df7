/// What was probably meant by a word that is not known.
enum Spelling {
  /// The name that begins like the word or is the beginning of it, or else the one that is spelled most like it.
  static func nearest(to word: String, in names: [String]) -> String? { nearest(to: word, in: names, most: 1).first }

  /// The names that are most like the word, the best first.
  static func nearest(to word: String, in names: [String], most: Int) -> [String] {
    let word = word.lowercased()
    guard word.count > 2 else { return [] }
    let measured = names.map { name -> (name: String, distance: Int) in
      let lower = name.lowercased()
      if lower.hasPrefix(word) || word.hasPrefix(lower) { return (name, 0) }
      return (name, editDistance(lower, word))
    }
    return measured.filter { 3 * $0.distance <= max(word.count, $0.name.count) }
      .sorted { $0.distance < $1.distance }.prefix(most).map(\.name)
  }

  /// Letters to insert, delete or replace (Levenshtein, 1966).
  private static func editDistance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var last = Array(0...second.count)
    for (row, letter) in first.enumerated() {
      var current = [row + 1]
      for column in second.indices {
        let replaced = last[column] + (second[column] == letter ? 0 : 1)
        current.append(min(replaced, last[column + 1] + 1, current[column] + 1))
      }
      last = current
    }
    return last[second.count]
  }
}
