import Foundation
import Synchronization
import TensorCore
import Testing

struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyTaskRunsOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for count in [0, 1, 2, 7, 100] {
      let counts = Mutex([Int](repeating: 0, count: count))
      for _ in 0..<50 { pool.run(count) { task in counts.withLock { $0[task] += 1 } } }
      #expect(counts.withLock { $0 }.allSatisfy { $0 == 50 })
    }
  }

  @Test func rangesCoverEverythingOnce() {
    let pool = ThreadPool(threads: 2)
    for (count, minimum) in [(1, 1), (10, 3), (1000, 16), (5, 100), (8, 1)] {
      let seen = Mutex([Int](repeating: 0, count: count))
      pool.runRanges(count, minimum: minimum) { range in
        seen.withLock { seen in for index in range { seen[index] += 1 } }
      }
      #expect(seen.withLock { $0 }.allSatisfy { $0 == 1 }, "\(count) in ranges of \(minimum)")
    }
  }

  /// Several threads may hand in jobs; they take turns.
  @Test func jobsOfSeveralThreadsTakeTurns() {
    let pool = ThreadPool(threads: 2)
    let total = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<100 { pool.run(10) { _ in total.add(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 100 * 10)
  }

  /// A pool without work uses no processor time.
  @Test func idlePoolSleeps() {
    let pool = ThreadPool(threads: 4)
    pool.run(8) { _ in }
    Thread.sleep(forTimeInterval: 0.05)
    withExtendedLifetime(pool) {
      let before = threadTimes()
      Thread.sleep(forTimeInterval: 0.3)
      // Other tests run beside this one: only the pool's own threads count.
      #expect(threadTimes() - before < 0.02)
    }
  }

  /// Processor seconds of this process's threads that are called as the pool's are.
  private func threadTimes() -> Double {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.reduce(0) { sum, task in
      guard let name = try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8),
        name.hasPrefix("quill-worker-3"),
        let stat = try? String(contentsOfFile: "/proc/self/task/\(task)/stat", encoding: .utf8)
      else { return sum }
      let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
      let ticks = fields.count > 12 ? (Double(fields[11]) ?? 0) + (Double(fields[12]) ?? 0) : 0
      return sum + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }
}
