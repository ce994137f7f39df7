import Foundation
import Synchronization
import TensorCore
import Testing

struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyTaskRunsOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for count in [0, 1, 2, 7, 100] {
      let counts = Counts(count)
      for _ in 0..<50 { pool.run(count) { counts.add(at: $0) } }
      #expect(counts.values.allSatisfy { $0 == 50 })
    }
  }

  @Test func rangesCoverEverythingOnce() {
    let pool = ThreadPool(threads: 2)
    for (count, minimum) in [(1, 1), (10, 3), (1000, 16), (5, 100), (8, 1)] {
      let seen = Counts(count)
      pool.runRanges(count, minimum: minimum) { for index in $0 { seen.add(at: index) } }
      #expect(seen.values.allSatisfy { $0 == 1 }, "\(count) in ranges of \(minimum)")
    }
  }

  /// Several threads may hand in jobs: who finds the pool at work does its tasks alone.
  @Test func jobsOfSeveralThreadsAreDone() {
    let pool = ThreadPool(threads: 2)
    let total = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<100 { pool.run(10) { _ in total.add(1, ordering: .relaxed) } }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 100 * 10)
  }

  /// A task may hand in a job itself.
  @Test func jobsInsideJobsAreDone() {
    let pool = ThreadPool(threads: 3)
    let total = Atomic<Int>(0)
    for _ in 0..<200 { pool.run(5) { _ in pool.run(7) { _ in total.add(1, ordering: .relaxed) } } }
    #expect(total.load(ordering: .relaxed) == 200 * 5 * 7)
  }

  /// What a task wrote, plainly, is seen after the job and by the tasks of the next one, on whichever thread.
  @Test(arguments: [2, 4])
  func writesAreSeenByTheNextJob(threads: Int) {
    let pool = ThreadPool(threads: threads)
    let count = 64
    let numbers = [Counts(count), Counts(count)]
    for job in 0..<2000 {
      let (from, to) = (numbers[job % 2], numbers[(job + 1) % 2])
      pool.run(count) { to.set(from.value(at: count - 1 - $0) + 1, at: $0) }
    }
    #expect(numbers[0].values.allSatisfy { $0 == 2000 })
  }

  /// A thread that has lost its processor keeps only the task it is at; the others do what else it should have done.
  @Test func lateThreadHoldsNobodyUp() {
    let pool = ThreadPool(threads: 2)
    let count = 16
    for _ in 0..<3 {
      let turns = Counts(count)
      let next = Atomic<Int>(0)
      pool.run(count) { task in
        // The first task of the second thread's half.
        if task == count / 2 { Thread.sleep(forTimeInterval: 0.05) }
        turns.set(next.wrappingAdd(1, ordering: .relaxed).oldValue, at: task)
      }
      #expect(turns.values.sorted() == Array(0..<count))
      #expect(turns.values[count / 2] == count - 1)
    }
  }

  /// Jobs that come after the workers fell asleep, and jobs whose caller falls asleep.
  @Test func sleepersAreWoken() {
    let pool = ThreadPool(threads: 3)
    let total = Atomic<Int>(0)
    for pause in [0, 0.0001, 0.001, 0.01] {
      for _ in 0..<20 {
        Thread.sleep(forTimeInterval: pause)
        pool.run(3) { task in
          if task > 0 { Thread.sleep(forTimeInterval: 0.0005) }
          total.add(1, ordering: .relaxed)
        }
      }
    }
    #expect(total.load(ordering: .relaxed) == 4 * 20 * 3)
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

/// Numbers that tasks write to without a lock, each to its own: the thread sanitizer then looks at the pool itself.
private final class Counts: @unchecked Sendable {
  private let numbers: UnsafeMutableBufferPointer<Int>

  init(_ count: Int) {
    numbers = .allocate(capacity: count)
    numbers.initialize(repeating: 0)
  }

  deinit { numbers.deallocate() }

  var values: [Int] { Array(numbers) }
  func value(at index: Int) -> Int { numbers[index] }
  func set(_ value: Int, at index: Int) { numbers[index] = value }
  func add(at index: Int) { numbers[index] += 1 }
}
