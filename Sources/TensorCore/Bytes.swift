import Foundation

/// A run of read-only bytes that somebody else keeps alive: a mapped file or an allocation.
package struct Bytes: @unchecked Sendable {
  /// The first byte, for code that keeps this value alive meanwhile: the memory may go with its last use.
  package let pointer: UnsafeRawPointer
  package let count: Int
  private let owner: AnyObject

  /// The bytes of a mapped file.
  package init(_ file: MappedFile) {
    pointer = file.pointer
    count = file.count
    owner = file
  }

  private init(pointer: UnsafeRawPointer, count: Int, owner: AnyObject) {
    self.pointer = pointer
    self.count = count
    self.owner = owner
  }

  /// Allocates `count` bytes, aligned to 64, and lets `initialize` fill all of them.
  package init(count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    let allocation = Allocation(count: count)
    try initialize(allocation.buffer)
    self.init(pointer: UnsafeRawPointer(allocation.buffer.baseAddress!), count: count, owner: allocation)
  }

  /// The same for weights that stay and are streamed: in large pages, side by side with others.
  package init(
    inLargePages count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    guard let pages = LargePages(count: count) else {
      try self.init(count: count, initializingWith: initialize)
      return
    }
    try initialize(pages.buffer)
    self.init(pointer: UnsafeRawPointer(pages.buffer.baseAddress!), count: count, owner: pages)
  }

  /// Copies an array's elements, which must be plain numbers.
  package init<Element: BitwiseCopyable>(_ elements: [Element]) {
    self = elements.withUnsafeBytes { source in
      Bytes(count: source.count) { $0.copyMemory(from: source) }
    }
  }

  /// The part in `range`, which must lie inside.
  package subscript(range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "bytes \(range) of \(count)")
    return Bytes(pointer: pointer + range.lowerBound, count: range.count, owner: owner)
  }

  /// Gives the memory behind a part of a mapped file back; it is read from the file again when it is touched.
  ///
  /// Memory that is no file's stays.
  package func releasePages() {
    guard owner is MappedFile else { return }
    let page = Int(getpagesize())
    let first = (Int(bitPattern: pointer) + page - 1) / page * page
    let last = (Int(bitPattern: pointer) + count) / page * page
    if first < last { madvise(UnsafeMutableRawPointer(bitPattern: first), last - first, MADV_DONTNEED) }
  }

  /// Hands over the bytes, which stay as long as `body` runs.
  package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(owner) { try body(UnsafeRawBufferPointer(start: pointer, count: count)) }
  }

  /// The same bytes in memory of their own.
  package func copy() -> Bytes { withUnsafeBytes { source in Bytes(count: count) { $0.copyMemory(from: source) } } }

  /// A copy.
  package var data: Data { withUnsafeBytes { Data($0) } }

  /// A copy as numbers of another type; a rest that does not fill a number is left out.
  package func array<Element: BitwiseCopyable>(of type: Element.Type) -> [Element] {
    let elements = count / MemoryLayout<Element>.stride
    return [Element](unsafeUninitializedCapacity: elements) { buffer, initialized in
      withUnsafeBytes {
        UnsafeMutableRawBufferPointer(buffer).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0.prefix(elements * MemoryLayout<Element>.stride)))
      }
      initialized = elements
    }
  }

  private final class Allocation {
    let buffer: UnsafeMutableRawBufferPointer
    init(count: Int) { buffer = .allocate(byteCount: max(1, count), alignment: 64) }
    deinit { buffer.deallocate() }
  }
}

/// Bytes are equal when their contents are.
extension Bytes: Hashable {
  package static func == (a: Bytes, b: Bytes) -> Bool {
    a.count == b.count && a.withUnsafeBytes { a in b.withUnsafeBytes { a.elementsEqual($0) } }
  }

  package func hash(into hasher: inout Hasher) { withUnsafeBytes { hasher.combine(bytes: $0) } }
}
