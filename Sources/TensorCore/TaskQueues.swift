import Synchronization

/// The tasks of one job, split into one run of consecutive indices for each thread.
///
/// A thread takes the tasks of its own run first, so that the same piece of memory stays with the same thread from job
/// to job, and then helps with what is left of the others': a thread that the system has taken its processor from, or
/// that is still waking up, holds nobody up.
struct TaskQueues {
  /// Next and end of each thread's run, 32 bits each, on a cache line of its own.
  private let runs: UnsafeMutableRawPointer
  private let threads: Int
  /// Two lines, because processors fetch lines in pairs.
  private static let stride = 128

  /// Empty queues, in memory that ``deallocate()`` gives back.
  init(threads: Int) {
    self.threads = threads
    runs = .allocate(byteCount: threads * Self.stride, alignment: Self.stride)
    for thread in 0..<threads { run(of: thread).initialize(to: Atomic(0)) }
  }

  func deallocate() { runs.deallocate() }

  /// Hands out tasks from 0 on; what was written before is seen by whoever takes one.
  func fill(_ count: Int) {
    for thread in 0..<threads {
      let (next, end) = (count * thread / threads, count * (thread + 1) / threads)
      run(of: thread).pointee.store(UInt64(end) << 32 | UInt64(next), ordering: .releasing)
    }
  }

  /// Takes a task that nobody has taken yet, from the thread's own run as long as there is one.
  ///
  /// A thread that comes late, when the next job's tasks are already there, takes one of those: any task taken is one
  /// that its job waits for.
  func take(for thread: Int) -> Int? {
    for distance in 0..<threads {
      let owner = thread + distance
      if let task = take(from: owner < threads ? owner : owner - threads) { return task }
    }
    return nil
  }

  private func take(from owner: Int) -> Int? {
    let run = run(of: owner)
    var seen = run.pointee.load(ordering: .relaxed)
    while true {
      let (next, end) = (UInt32(truncatingIfNeeded: seen), UInt32(truncatingIfNeeded: seen >> 32))
      if next >= end { return nil }
      let (isOurs, found) = run.pointee.weakCompareExchange(
        expected: seen, desired: seen + 1, successOrdering: .acquiring, failureOrdering: .relaxed)
      if isOurs { return Int(next) }
      seen = found
    }
  }

  private func run(of thread: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    (runs + thread * Self.stride).assumingMemoryBound(to: Atomic<UInt64>.self)
  }
}
