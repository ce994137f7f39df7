/// What could stand at the cursor.
public struct Completions: Sendable, Equatable {
  public struct Match: Sendable, Equatable {
    /// What is inserted.
    public var text: String
    /// `function`, `instance`, `keyword`, `param`, `class`, `module` and the like: front ends choose an icon by it.
    public var type: String?
    /// Such as `(rank: Int, alpha: Double)`.
    public var signature: String?

    public init(_ text: String, type: String? = nil, signature: String? = nil) {
      self.text = text
      self.type = type
      self.signature = signature
    }
  }

  public var matches: [Match]
  /// What a match replaces, in Unicode code points from the start of the code.
  public var replaced: Range<Int>

  public init(matches: [Match], replacing replaced: Range<Int>) {
    self.matches = matches
    self.replaced = replaced
  }
}

/// Whether Enter should run the code or begin another line.
public enum Completeness: Sendable, Equatable {
  case complete
  /// More lines are needed; the next one is best begun with `indent`.
  case incomplete(indent: String)
  /// No further line can make it valid.
  case invalid
  case unknown
}
