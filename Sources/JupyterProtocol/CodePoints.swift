extension String {
  /// The index that lies `offset` Unicode code points after the start, at most the end.
  ///
  /// The protocol counts cursor positions in code points, Swift's `Character` is a whole grapheme: `👩‍🔬` is one character and three code points.
  ///
  /// - Complexity: O(`offset`).
  public func index(atCodePoint offset: Int) -> String.Index {
    unicodeScalars.index(unicodeScalars.startIndex, offsetBy: max(0, offset), limitedBy: unicodeScalars.endIndex)
      ?? endIndex
  }

  /// How many Unicode code points lie before `index`.
  ///
  /// - Complexity: O(the result).
  public func codePointOffset(of index: String.Index) -> Int {
    unicodeScalars.distance(from: unicodeScalars.startIndex, to: index)
  }
}
