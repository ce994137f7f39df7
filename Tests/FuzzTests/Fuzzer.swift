import Foundation
import Synchronization
import TestSupport
import Testing

/// Feeds a reader with damaged versions of real small files and watches what it takes.
///
/// Each version is read or refused with one of the reader's errors: no crash, no hang, and no more memory than a small
/// multiple of its size. The versions are the same in every run. A long run takes more of them:
/// `QUILL_FUZZ_MUTATIONS=1000000`, from number `QUILL_FUZZ_FIRST` on.
struct Fuzzer {
  let samples: [[UInt8]]
  /// Pieces that mean something in the format.
  var words: [String] = []
  /// Bytes from the beginning that are changed more often than others.
  var head = 4096
  /// Sets the readers' versions apart.
  let stream: UInt64
  /// Versions in a short run.
  var count = 600
  /// Bytes that reading may take beyond the multiple of the file's size.
  var allowance = 24 << 20

  private static let multiple = 32
  private static let secondsForOne = 20

  /// Runs in a process of its own: the address space is bounded, so that an absurd allocation ends it.
  ///
  /// - Parameters:
  ///   - isExpected: Whether an error is one of the reader's own.
  ///   - read: Reads a file and uses what it gives as a session would.
  func run(isExpected: (any Error) -> Bool, read: ([UInt8]) throws -> Void) throws {
    let environment = ProcessInfo.processInfo.environment
    let first = environment["QUILL_FUZZ_FIRST"].flatMap { Int($0) } ?? 0
    let total = environment["QUILL_FUZZ_MUTATIONS"].flatMap { Int($0) } ?? count
    boundAddressSpace()
    for sample in samples { try read(sample) }
    let watch = Watch(limit: Self.secondsForOne)
    var accepted = 0
    for number in first..<first + total {
      var file = samples[number % samples.count]
      var mutation = Mutation(number: number, stream: stream, words: words.map { Array($0.utf8) })
      mutation.apply(to: &file, head: head)
      watch.begin(number)
      let before = try ProcessMemory.restartPeak()
      do {
        try read(file)
        accepted += 1
      } catch {
        #expect(isExpected(error), "version \(number): \(error)")
      }
      let taken = try ProcessMemory.peak() - before
      #expect(taken <= Self.multiple * file.count + allowance, "version \(number), \(file.count) bytes, took \(taken)")
    }
    watch.end()
    // Small changes often leave a file readable; were all refused, nothing behind the first check would be tested.
    #expect(accepted > 0, "every version was refused")
  }

  private func boundAddressSpace() {
    // Larger blocks go back to the system when they are freed, so that the peak is that of one file. Swift's Glibc leaves
    // <malloc.h> out, where this is M_MMAP_THRESHOLD.
    typealias SetOption = @convention(c) (CInt, CInt) -> CInt
    if let mallopt = dlsym(nil, "mallopt") { _ = unsafeBitCast(mallopt, to: SetOption.self)(-3, 1 << 16) }
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 8 << 30)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }
}

/// Ends the process when one file takes too long, and says which.
private final class Watch: Sendable {
  private struct State {
    var number: Int?
    var start = ContinuousClock.now
  }

  private let state = Mutex(State())

  init(limit: Int) {
    Thread.detachNewThread { [self] in
      while true {
        Thread.sleep(forTimeInterval: 1)
        state.withLock { state in
          guard let number = state.number, state.start.duration(to: .now) > .seconds(limit) else { return }
          fatalError("version \(number) is not read after \(limit) s")
        }
      }
    }
  }

  func begin(_ number: Int) { state.withLock { $0 = State(number: number) } }
  func end() { state.withLock { $0.number = nil } }
}
