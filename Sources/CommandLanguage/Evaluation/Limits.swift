#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What keeps a runaway recursion from taking the process down.
package struct Limits: Sendable {
  /// Calls of functions written in cells, inside one another.
  package let callDepth: Int
  /// The stack that a cell may use, in bytes, counted from where ``Session/execute(_:named:output:isCancelled:)`` is
  /// called.
  ///
  /// Leave what commands need below it: a thread of 16 MiB can give 12.
  package let stackSize: Int

  package init(callDepth: Int = 1000, stackSize: Int = 4 << 20) {
    self.callDepth = callDepth
    self.stackSize = stackSize
  }
}

/// The address on a thread's stack below which the interpreter does not go.
struct StackBound: Sendable {
  private let thread: UInt
  private let lowest: UInt

  /// Allows so many bytes from here on.
  init(allowing size: Int) {
    thread = Self.currentThread
    lowest = Self.currentAddress - min(UInt(size), Self.currentAddress)
  }

  /// Whether the thread has come below the bound.
  ///
  /// A function that a command calls on a thread of its own is not measured.
  var isReached: Bool { Self.currentAddress < lowest && Self.currentThread == thread }

  /// Stacks grow downwards on every platform that Swift runs on.
  private static var currentAddress: UInt {
    var marker: UInt8 = 0
    return withUnsafePointer(to: &marker) { UInt(bitPattern: $0) }
  }

  private static var currentThread: UInt {
    #if canImport(Darwin)
      UInt(bitPattern: pthread_self())
    #else
      UInt(pthread_self())
    #endif
  }
}
