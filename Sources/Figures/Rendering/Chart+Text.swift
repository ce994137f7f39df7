extension Chart {
  /// The chart as text for a terminal, at most 80 columns wide.
  package func text() -> String { title }
}
