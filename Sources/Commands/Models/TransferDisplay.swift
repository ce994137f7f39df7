import CommandLanguage
import Figures

/// The line that shows how far a download or a file that is written has got, in place.
final class TransferDisplay {
  private let title: String
  private let output: any CommandOutput
  private var display: (any UpdatableDisplay)?
  private var throttle = UpdateThrottle()
  private let start = ContinuousClock.now
  private var bytesAtStart: Int?

  init(_ title: String, _ output: any CommandOutput) {
    self.title = title
    self.output = output
  }

  /// Shows a state: at most a few times a second, and always when it ends.
  ///
  /// - Parameter note: What goes on besides bytes coming in, such as `waiting 8 s`.
  func show(_ done: Int, of total: Int, note: String? = nil, state: ProgressView.State = .running) {
    guard throttle.admits(isForced: state != .running) else { return }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let begun = bytesAtStart ?? done
    bytesAtStart = begun
    let rate = elapsed > 0 ? Double(done - begun) / elapsed : 0
    var readings: [ProgressView.Reading] = []
    // Before the hub has told sizes there is nothing to count.
    if total > 0 { readings.append(.init("", "\(NumberText.bytes(done)) of \(NumberText.bytes(total))")) }
    if rate > 0 { readings.append(.init("", "\(NumberText.bytes(Int(rate)))/s")) }
    if let note { readings.append(.init("", note)) }
    let view = ProgressView(
      title: title, state: state, fraction: total > 0 ? Double(done) / Double(total) : nil, readings: readings,
      elapsed: elapsed, remaining: state == .running && rate > 0 ? Double(total - done) / rate : nil)
    let bundle = view.mimeBundle()
    if let display { display.update(bundle) } else { display = output.display(bundle) }
  }
}
