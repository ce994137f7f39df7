/// Ends a streamed text at the first stop string, and lets nothing out that may be the beginning of one.
///
/// The outcome does not depend on how the text was cut into pieces: the stop string that is complete first counts, of
/// several that end at the same place the longest.
package struct StopStrings: Sendable {
  private let stops: [[UInt8]]
  /// Text that was not let out yet; it is a proper beginning of a stop string.
  private var held: [UInt8] = []
  /// The stop string that ended the text.
  package private(set) var match: String?

  /// - Throws: ``SamplingError/emptyStopString``.
  package init(_ stops: [String]) throws(SamplingError) {
    if stops.contains("") { throw .emptyStopString }
    self.stops = stops.map { Array($0.utf8) }.sorted { $0.count > $1.count }
  }

  /// Takes the next piece and returns the text that is certain to come before any stop string.
  ///
  /// After a ``match`` it returns nothing any more.
  package mutating func append(_ piece: String) -> String {
    var certain: [UInt8] = []
    for byte in piece.utf8 where match == nil {
      held.append(byte)
      if let stop = stops.first(where: { held.ends(with: $0) }) {
        match = String(decoding: stop, as: UTF8.self)
        certain += held.dropLast(stop.count)
        held = []
      } else {
        let waiting = longestBeginning()
        certain += held.dropLast(waiting)
        held.removeFirst(held.count - waiting)
      }
    }
    return String(decoding: certain, as: UTF8.self)
  }

  /// Returns what was held back, when the text is at its end without a stop string.
  package mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// The length of the longest end of `held` that begins a stop string.
  private func longestBeginning() -> Int {
    stops.reduce(0) { longest, stop in
      let lengths = stride(from: min(stop.count - 1, held.count), to: longest, by: -1)
      return lengths.first { held.ends(with: stop[..<$0]) } ?? longest
    }
  }
}

extension [UInt8] {
  fileprivate func ends(with end: some Collection<UInt8>) -> Bool { suffix(end.count).elementsEqual(end) }
}
