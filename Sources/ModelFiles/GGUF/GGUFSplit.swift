import Foundation
import TensorCore

/// What a part of a split file says of itself: `split.no`, `split.count`, `split.tensors.count`.
///
/// The convention is llama.cpp's `gguf-split`: the first part carries the metadata, each part its own tensors.
struct GGUFSplit: Sendable {
  /// The most parts that a name has digits for.
  private static let mostParts = 99_999

  /// The index of the part, from 0.
  let index: Int
  /// How many parts there are.
  let count: Int
  /// Tensors in all parts together.
  let tensorCount: Int?

  /// Reads the keys; `nil` when the file is not split.
  init?(_ metadata: [String: GGUFValue], path: String) throws(GGUFError) {
    func integer(_ key: String, in range: ClosedRange<Int>) throws(GGUFError) -> Int? {
      guard let value = metadata[key] else { return nil }
      guard let integer = value.integer, range.contains(integer) else {
        let expected = "an integer in \(range.lowerBound) ... \(range.upperBound)"
        throw GGUFError(path: path, reason: .wrongKey(key, expected: expected))
      }
      return integer
    }
    // Zero and one part are what llama.cpp takes for a file that is whole.
    guard let count = try integer("split.count", in: 0...Self.mostParts), count > 1 else { return nil }
    guard let index = try integer("split.no", in: 0...count - 1) else {
      throw GGUFError(path: path, reason: .missingKey("split.no"))
    }
    self.index = index
    self.count = count
    tensorCount = try integer("split.tensors.count", in: 0...Int(Int32.max))
  }

  /// How the parts are called, after the path of this one.
  func name(of path: String) throws(GGUFError) -> PartName {
    let ending = PartName.ending(index, of: count)
    guard path.hasSuffix(ending) else { throw GGUFError(path: path, reason: .partName(expected: "…" + ending)) }
    return PartName(prefix: String(path.dropLast(ending.count)), index: index, count: count)
  }

  /// The name that parts have in common, and how many there are.
  struct PartName {
    let prefix: String
    let index: Int
    let count: Int

    func path(of index: Int) -> String { prefix + Self.ending(index, of: count) }

    static func ending(_ index: Int, of count: Int) -> String {
      String(format: "-%05d-of-%05d.gguf", index + 1, count)
    }
  }
}

extension GGUFPart {
  /// The file at a path or, when it is a part, all parts in order.
  ///
  /// - Throws: ``FileError``, ``GGUFError``.
  static func all(from path: String) throws -> [GGUFPart] {
    let opened = try GGUFPart(path: path)
    guard let split = opened.split else { return [opened] }
    let name = try split.name(of: path)
    let parts = try (0..<split.count).map { index in
      index == split.index ? opened : try other(name.path(of: index), index: index, of: split)
    }
    let tensorCount = parts.reduce(0) { $0 + $1.tensors.count }
    if let expected = parts[0].split?.tensorCount, expected != tensorCount {
      throw GGUFError(
        path: parts[0].path, reason: .split("split.tensors.count", found: expected, expected: tensorCount))
    }
    return parts
  }

  private static func other(_ path: String, index: Int, of split: GGUFSplit) throws -> GGUFPart {
    let part: GGUFPart
    do {
      part = try GGUFPart(path: path)
    } catch let error as FileError where error.reason == .system(ENOENT) {
      throw GGUFError(path: path, reason: .missingPart(path, of: split.count))
    }
    let found = part.split
    guard found?.count == split.count else {
      throw GGUFError(path: path, reason: .split("split.count", found: found?.count ?? 1, expected: split.count))
    }
    guard found?.index == index else {
      throw GGUFError(path: path, reason: .split("split.no", found: found?.index ?? 0, expected: index))
    }
    return part
  }
}
