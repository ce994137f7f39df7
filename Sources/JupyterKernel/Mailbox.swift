import Synchronization

/// What other threads want the owner of a socket to do, in the order they asked.
final class Mailbox<Element: Sendable>: Sendable {
  let wakeUp = WakeUp()
  private let elements = Mutex<[Element]>([])

  func post(_ element: Element) {
    elements.withLock { $0.append(element) }
    wakeUp.signal()
  }

  func takeAll() -> [Element] {
    elements.withLock { elements in
      defer { elements.removeAll(keepingCapacity: true) }
      return elements
    }
  }
}
