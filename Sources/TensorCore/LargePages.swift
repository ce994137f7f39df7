import Foundation
import Synchronization

/// A piece of memory that stays for long and is read from one end to the other, as weights are: side by side with others in
/// pages of 2 MiB, where the system has such.
///
/// With pages of 4 KiB a token looks up tens of thousands of addresses, and in a virtual machine each of them twice. Memory
/// is taken from the system as it is touched, and given back when the piece goes.
package final class LargePages: @unchecked Sendable {
  /// Zeros at first, aligned to 64.
  package let buffer: UnsafeMutableRawBufferPointer
  private let region: Region

  /// Takes `count` bytes; nil when the system refuses.
  package init?(count: Int) {
    guard let (buffer, region) = Region.take(max(1, count)) else { return nil }
    self.buffer = buffer
    self.region = region
  }

  deinit {
    let page = Int(getpagesize())
    let start = Int(bitPattern: buffer.baseAddress!)
    let (first, last) = ((start + page - 1) / page * page, (start + buffer.count) / page * page)
    if first < last { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
  }
}

/// Addresses for many pieces.
private final class Region: Sendable {
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let size: Int
  private let used = Atomic<Int>(0)

  private static let pageSize = 2 << 20
  /// Addresses that are reserved together; what is not used of a region's last page is lost, so there should be few regions.
  private static let regionSize = 1 << 30
  // Guards the region that is filled at the moment; the thread sanitizer sees locks of this kind.
  private static let lock = NSLock()
  private nonisolated(unsafe) static weak var current: Region?

  static func take(_ count: Int) -> (buffer: UnsafeMutableRawBufferPointer, region: Region)? {
    lock.withLock {
      if let region = current, let buffer = region.take(count) { return (buffer, region) }
      // A system may count addresses as memory, and refuse so many.
      guard let region = Region(size: max(count, regionSize)) ?? Region(size: count), let buffer = region.take(count)
      else { return nil }
      current = region
      return (buffer, region)
    }
  }

  private init?(size: Int) {
    self.size = (size + Self.pageSize - 1) / Self.pageSize * Self.pageSize
    // A large page lies at a multiple of its size: so much more is reserved, and what is too much given back.
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let reserved = self.size + Self.pageSize
    guard let start = mmap(nil, reserved, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
      return nil
    }
    let first = Int(bitPattern: start)
    let aligned = (first + Self.pageSize - 1) / Self.pageSize * Self.pageSize
    base = start + (aligned - first)
    if aligned > first { munmap(start, aligned - first) }
    munmap(base + self.size, reserved - self.size - (aligned - first))
    #if os(Linux)
      madvise(base, self.size, MADV_HUGEPAGE)
    #endif
  }

  deinit { munmap(base, size) }

  /// For whoever holds the lock.
  private func take(_ count: Int) -> UnsafeMutableRawBufferPointer? {
    let start = used.load(ordering: .relaxed)
    guard start + count <= size else { return nil }
    used.store(start + (count + 63) / 64 * 64, ordering: .relaxed)
    return UnsafeMutableRawBufferPointer(start: base + start, count: count)
  }
}
