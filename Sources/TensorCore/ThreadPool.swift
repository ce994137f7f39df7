import Foundation
import Synchronization

/// Threads that work through the tasks of one job at a time, the caller among them.
///
/// A worker looks out for the next job for some 50 µs, because it usually follows at once, and then sleeps until it is
/// woken: an idle pool costs no processor time. A job ends when its tasks are done, whoever did them.
package final class ThreadPool: @unchecked Sendable {
  /// The pool of the engine: one thread for each processor, or as many as `QUILL_THREADS` says.
  package static let shared: ThreadPool = {
    let wished = ProcessInfo.processInfo.environment["QUILL_THREADS"].flatMap(Int.init)
    return ThreadPool(threads: max(1, min(wished ?? ProcessInfo.processInfo.activeProcessorCount, 256)))
  }()

  /// How many threads work on a job, the caller included.
  package let threads: Int

  private let queues: TaskQueues
  /// Counts the jobs; workers wait on it.
  private let jobs = WaitWord()
  /// Tasks of the job that workers have done; the caller waits on it.
  private let finished = WaitWord()
  private let isTaken = Atomic<Bool>(false)
  /// The job's body, for as long as one of its tasks is not done.
  private var body: UnsafePointer<(Int) -> Void>?

  package init(threads: Int) {
    self.threads = max(1, threads)
    queues = TaskQueues(threads: self.threads)
    for index in 1..<self.threads {
      // Workers live as long as the process: the pool is never taken down.
      let worker = Thread { [self] in work(index) }
      worker.name = "quill-worker-\(index)"
      worker.stackSize = 4 << 20
      worker.start()
    }
  }

  // Only of a pool without workers, which hold on to theirs.
  deinit {
    queues.deallocate()
    jobs.deallocate()
    finished.deallocate()
  }

  /// Runs `body` for every task index in `0 ..< count`, on any of the threads, and waits.
  ///
  /// Consecutive tasks go to the same thread, and from job to job task `i` of `count` to the same one, unless that one
  /// is late. While the pool works on a job, of another thread or around this one, the caller does its tasks alone.
  package func run(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1, threads > 1,
      isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    else {
      for task in 0..<count { body(task) }
      return
    }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { runTaken(count, $0) }
    }
    isTaken.store(false, ordering: .releasing)
  }

  /// Splits `0 ..< count` into a few contiguous ranges for each thread, none shorter than `minimum`, and runs `body` on each.
  package func runRanges(_ count: Int, minimum: Int = 1, _ body: (Range<Int>) -> Void) {
    let pieces = max(1, min(threads * 4, count / max(1, minimum)))
    run(pieces) { piece in body(count * piece / pieces..<count * (piece + 1) / pieces) }
  }

  private func runTaken(_ count: Int, _ body: UnsafePointer<(Int) -> Void>) {
    precondition(count <= UInt32.max, "\(count) tasks")
    self.body = body
    finished.reset()
    queues.fill(count)
    jobs.add(1)
    let others = UInt32(count - doTasks(as: 0))
    var done = finished.value
    while done != others { done = finished.wait(while: done) }
    self.body = nil
  }

  private func work(_ thread: Int) {
    var seen: UInt32 = 0
    while true {
      seen = jobs.wait(while: seen)
      let done = doTasks(as: thread)
      if done > 0 { finished.add(UInt32(done)) }
    }
  }

  /// Does tasks until none is left, and says how many; the job cannot end before these are counted.
  private func doTasks(as thread: Int) -> Int {
    guard var task = queues.take(for: thread), let body = body?.pointee else { return 0 }
    var done = 0
    while true {
      body(task)
      done += 1
      guard let next = queues.take(for: thread) else { return done }
      task = next
    }
  }
}
