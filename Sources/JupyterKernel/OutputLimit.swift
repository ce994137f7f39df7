/// How much one request may show, so that a loop that prints for ever does not freeze the front end or fill the notebook.
public struct OutputLimit: Sendable {
  /// Text of both streams, in UTF-8 bytes.
  public var textBytes: Int
  /// New displays.
  ///
  /// Updates in place are free.
  public var displays: Int

  public init(textBytes: Int = 1 << 20, displays: Int = 1000) {
    self.textBytes = textBytes
    self.displays = displays
  }
}
