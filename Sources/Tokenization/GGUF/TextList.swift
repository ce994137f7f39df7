import ModelFiles
import TensorCore

/// The texts of a vocabulary or of its merges, in memory or where they stand in a file.
package struct TextList: Sendable, ExpressibleByArrayLiteral {
  private enum Storage: Sendable {
    case strings([String])
    case file(GGUFArray)
  }

  private let storage: Storage

  package init(_ strings: [String]) { storage = .strings(strings) }
  package init(arrayLiteral elements: String...) { self.init(elements) }

  /// The strings of a GGUF array, or `nil` when it has others than strings.
  package init?(_ array: GGUFArray) {
    guard array.elementType == .string else { return nil }
    storage = .file(array)
  }

  package var count: Int {
    switch storage {
    case .strings(let strings): strings.count
    case .file(let array): array.count
    }
  }

  /// Bytes of all texts.
  var byteCount: Int {
    switch storage {
    case .strings(let strings): strings.reduce(0) { $0 + $1.utf8.count }
    // A length of 64 bits stands before each.
    case .file(let array): array.bytes.count - 8 * array.count
    }
  }

  /// Calls `body` with the bytes of each text in turn; they need not be UTF-8.
  func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
    switch storage {
    case .strings(let strings):
      for var string in strings { try string.withUTF8(body) }
    case .file(let array):
      try array.forEachString { try body($0.bindMemory(to: UInt8.self)) }
    }
  }

  /// All texts; invalid UTF-8 is repaired.
  package var strings: [String] {
    if case .strings(let strings) = storage { return strings }
    var strings: [String] = []
    strings.reserveCapacity(count)
    forEach { strings.append(String(decoding: $0, as: UTF8.self)) }
    return strings
  }
}
