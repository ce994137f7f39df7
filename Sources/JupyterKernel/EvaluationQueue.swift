import Dispatch
import JupyterProtocol
import Synchronization

/// The cells and comm messages that wait for the evaluation thread, and the one that it works on.
final class EvaluationQueue: Sendable {
  struct Job: Sendable {
    enum Kind: Sendable {
      case execute(ExecuteRequest)
      case comm
      case shutDown(restarts: Bool)
    }

    let kind: Kind
    /// The request; `nil` for the end of the kernel, which the control thread asks for.
    let message: Message?
    let cancellation = CancellationFlag()

    var isExecution: Bool {
      if case .execute = kind { true } else { false }
    }
  }

  private struct State {
    var waiting: [Job] = []
    var running: Job?
  }

  private let state = Mutex(State())
  private let arrivals = DispatchSemaphore(value: 0)

  func append(_ kind: Job.Kind, message: Message?) {
    state.withLock { $0.waiting.append(Job(kind: kind, message: message)) }
    arrivals.signal()
  }

  /// Waits for the next job; the one before it is then over.
  func next() -> Job {
    state.withLock { $0.running = nil }
    while true {
      arrivals.wait()
      let job = state.withLock { state -> Job? in
        // Aborted jobs leave arrivals without a job behind.
        guard !state.waiting.isEmpty else { return nil }
        state.running = state.waiting.removeFirst()
        return state.running
      }
      if let job { return job }
    }
  }

  /// Cancels the job that runs, or when none does, the first that is about to.
  ///
  /// Does nothing when idle.
  func interrupt() {
    state.withLock { state in (state.running ?? state.waiting.first)?.cancellation.cancel() }
  }

  /// Takes out all cells that wait, in their order.
  func removeExecutions() -> [Message] {
    state.withLock { state in
      let executions = state.waiting.filter(\.isExecution)
      state.waiting.removeAll(where: \.isExecution)
      return executions.compactMap(\.message)
    }
  }

  /// Cancels everything, so that the end of the kernel is next.
  func shutDown(restarts: Bool) {
    state.withLock { state in
      state.running?.cancellation.cancel()
      state.waiting = [Job(kind: .shutDown(restarts: restarts), message: nil)]
    }
    arrivals.signal()
  }
}
