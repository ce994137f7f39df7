import JSONValue
import JupyterProtocol
import Synchronization

/// The comms that are open, opened from either end.
final class Comms: Sendable {
  private let targets = Mutex<[String: String]>([:])

  func insert(_ comm: Comm) {
    targets.withLock { $0[comm.id] = comm.target }
  }

  /// Takes out a comm and returns it, or `nil` when there was none.
  @discardableResult
  func remove(_ id: String) -> Comm? {
    targets.withLock { $0.removeValue(forKey: id) }.map { Comm(id: id, target: $0) }
  }

  subscript(id: String) -> Comm? {
    targets.withLock { $0[id] }.map { Comm(id: id, target: $0) }
  }

  /// The content of `comm_info_reply`.
  ///
  /// - Parameter target: Only comms of this target, or all.
  func information(target: String?) -> [String: JSONValue] {
    let open = targets.withLock { $0 }.filter { target == nil || $0.value == target }
    return ["status": "ok", "comms": .object(open.mapValues { ["target_name": .string($0)] })]
  }
}
