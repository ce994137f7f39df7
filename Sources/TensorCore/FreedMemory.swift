import Foundation

/// Memory that was freed and that the allocator keeps for later.
package enum FreedMemory {
  /// Gives it back to the system, where the C library has a function for that (glibc).
  package static func giveBack() {
    // Foundation's headers do not have the function.
    guard let trim = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0)
  }
}
