import JupyterProtocol
import Synchronization

/// What waits to be published, filled by all threads and emptied by the iopub thread.
///
/// Text of a stream is gathered for ``streamInterval`` after its first piece, so that a cell which prints in a loop sends some
/// messages a second and not thousands. Anything else that is posted, text of the other stream too, sends it at once, and so the order is kept.
final class Outbox: Sendable {
  enum Item: Sendable {
    case message(Message)
    case stream(StreamText)
    /// Called by the iopub thread once everything before it has been sent.
    case call(@Sendable () -> Void)
    case stop
  }

  struct StreamText: Sendable {
    let parent: MessageHeader
    let stream: StandardStream
    var text: String
    let due: ContinuousClock.Instant

    func continues(_ parent: MessageHeader, _ stream: StandardStream) -> Bool {
      self.stream == stream && self.parent.id == parent.id
    }
  }

  let wakeUp = WakeUp()
  private let items = Mutex<[Item]>([])
  private let streamInterval: Duration
  /// In UTF-8 bytes.
  ///
  /// More text than this is sent before its time.
  private static let largestText = 1 << 16

  init(streamInterval: Duration) {
    self.streamInterval = streamInterval
  }

  func post(_ item: Item) {
    items.withLock { $0.append(item) }
    wakeUp.signal()
  }

  func append(_ text: String, to stream: StandardStream, parent: MessageHeader) {
    let wakes = items.withLock { items in
      if case .stream(var last) = items.last, last.continues(parent, stream) {
        items.removeLast()
        last.text += text
        items.append(.stream(last))
        return last.text.utf8.count >= Self.largestText
      }
      items.append(.stream(StreamText(parent: parent, stream: stream, text: text, due: .now + streamInterval)))
      return true
    }
    if wakes { wakeUp.signal() }
  }

  /// Takes what is to be sent now: everything but text at the end whose time has not come.
  ///
  /// - Returns: Also how long until that text is due, or `nil` when there is none.
  func takeDue() -> (items: [Item], wait: Duration?) {
    items.withLock { items in
      var held: [Item] = []
      var wait: Duration?
      if case .stream(let last) = items.last, last.text.utf8.count < Self.largestText {
        let remaining = ContinuousClock.now.duration(to: last.due)
        if remaining > .zero {
          held = [.stream(last)]
          wait = remaining
          items.removeLast()
        }
      }
      defer { items = held }
      return (items, wait)
    }
  }
}
