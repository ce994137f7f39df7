import CTensorKernels
import Foundation
import Synchronization

/// Threads that work through the tasks of one job at a time, the caller among them.
///
/// A worker spins for some 30 µs after a job, because the next one usually follows at once, and then sleeps until it
/// is woken: an idle pool costs no processor time.
package final class ThreadPool: @unchecked Sendable {
  /// The pool of the engine: one thread for each processor, or as many as `QUILL_THREADS` says.
  package static let shared: ThreadPool = {
    let wished = ProcessInfo.processInfo.environment["QUILL_THREADS"].flatMap(Int.init)
    return ThreadPool(threads: max(1, min(wished ?? ProcessInfo.processInfo.activeProcessorCount, 256)))
  }()

  /// How many threads work on a job, the caller included.
  package let threads: Int

  private let condition = NSCondition()
  private let jobLock = NSLock()
  private let generation = Atomic<Int>(0)
  private let nextTask = Atomic<Int>(0)
  private let busyWorkers = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private var taskCount = 0
  private var body: (Int) -> Void = { _ in }

  package init(threads: Int) {
    self.threads = threads
    for index in 1..<max(1, threads) {
      // Workers live as long as the process: the pool is never taken down.
      let worker = Thread { [unowned self] in work() }
      worker.name = "quill-worker-\(index)"
      worker.stackSize = 4 << 20
      worker.start()
    }
  }

  /// Runs `body` for every task index in `0 ..< count`, in any order and on any of the threads, and waits.
  package func run(_ count: Int, _ body: (Int) -> Void) {
    if count <= 1 || threads == 1 {
      for task in 0..<count { body(task) }
      return
    }
    jobLock.withLock {
      withoutActuallyEscaping(body) { escapable in
        start(count, escapable)
        claimTasks()
        var spins = 0
        while busyWorkers.load(ordering: .acquiring) > 0 {
          spins += 1
          if spins < 4096 { tk_spin_pause() } else { sched_yield() }
        }
        self.body = { _ in }
      }
    }
  }

  /// Splits `0 ..< count` into a few contiguous ranges for each thread, none shorter than `minimum`, and runs `body` on each.
  package func runRanges(_ count: Int, minimum: Int = 1, _ body: (Range<Int>) -> Void) {
    let pieces = max(1, min(threads * 4, count / max(1, minimum)))
    run(pieces) { piece in body(count * piece / pieces..<count * (piece + 1) / pieces) }
  }

  private func start(_ count: Int, _ body: @escaping (Int) -> Void) {
    self.body = body
    taskCount = count
    nextTask.store(0, ordering: .relaxed)
    busyWorkers.store(threads - 1, ordering: .relaxed)
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      condition.withLock { condition.broadcast() }
    }
  }

  private func claimTasks() {
    while true {
      let task = nextTask.add(1, ordering: .relaxed).oldValue
      if task >= taskCount { return }
      body(task)
    }
  }

  private func work() {
    var seen = 0
    while true {
      seen = waitForJob(after: seen)
      claimTasks()
      busyWorkers.subtract(1, ordering: .releasing)
    }
  }

  private func waitForJob(after seen: Int) -> Int {
    for _ in 0..<2000 {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
      tk_spin_pause()
    }
    condition.lock()
    defer { condition.unlock() }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      let current = generation.load(ordering: .sequentiallyConsistent)
      if current != seen { return current }
      condition.wait()
    }
  }
}
