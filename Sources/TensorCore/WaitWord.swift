import CTensorKernels
import Synchronization

/// A number on which threads wait until it changes: first looking at it, because it usually changes at once, then asleep.
struct WaitWord {
  private let word: UnsafeMutablePointer<Atomic<UInt32>>
  private let sleepers: UnsafeMutablePointer<Atomic<UInt32>>
  /// Waking a thread costs some 50 µs on a virtual machine: to look for that long costs at most twice the best choice.
  private static let patience: Int64 = 50_000

  /// A word of 0, in memory that ``deallocate()`` gives back.
  init() {
    // Away from other numbers: whoever waits keeps asking for its cache line.
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 256, alignment: 128)
    word = memory.assumingMemoryBound(to: Atomic<UInt32>.self)
    sleepers = (memory + 128).assumingMemoryBound(to: Atomic<UInt32>.self)
    word.initialize(to: Atomic(0))
    sleepers.initialize(to: Atomic(0))
  }

  func deallocate() { UnsafeMutableRawPointer(word).deallocate() }

  var value: UInt32 { word.pointee.load(ordering: .acquiring) }

  /// Sets the number where nobody waits.
  func reset() { word.pointee.store(0, ordering: .relaxed) }

  /// Adds to the number and wakes who sleeps on it.
  func add(_ amount: UInt32) {
    word.pointee.wrappingAdd(amount, ordering: .sequentiallyConsistent)
    // In one order with the sleeper's two steps: either it sees the sum, or it is seen here.
    if sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 { tk_wake(address) }
  }

  /// Waits while the number is `old`, and returns what it is then.
  func wait(while old: UInt32) -> UInt32 {
    if tk_spin(address, old, Self.patience) { return value }
    sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleepers.pointee.wrappingSubtract(1, ordering: .relaxed) }
    while true {
      let current = word.pointee.load(ordering: .sequentiallyConsistent)
      if current != old { return current }
      tk_sleep(address, old)
    }
  }

  private var address: UnsafePointer<UInt32> { UnsafeRawPointer(word).assumingMemoryBound(to: UInt32.self) }
}
