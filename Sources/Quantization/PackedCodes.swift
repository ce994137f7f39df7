import TensorCore

/// Codes and zero points as checkpoints pack them, brought into rows; the callers have checked all lengths.
enum PackedCodes {
  /// Where AWQ keeps eight neighbours in a word: nibble i holds output `order[i]`.
  private static let awqOrder = [0, 2, 4, 6, 1, 3, 5, 7]

  /// Turns a matrix of elements of `width` bytes around: `[rows, columns]` to `[columns, rows]`.
  static func transposed(_ source: Bytes, rows: Int, columns: Int, width: Int) -> Bytes {
    switch width {
    case 2: transposed(source, rows, columns, UInt16.self)
    default: transposed(source, rows, columns, UInt32.self)
    }
  }

  private static func transposed<Element: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ source: Bytes, _ rows: Int, _ columns: Int, _ type: Element.Type
  ) -> Bytes {
    let width = MemoryLayout<Element>.stride
    return Bytes(count: rows * columns * width) { buffer in
      let sink = Sink(elements: buffer.bindMemory(to: Element.self))
      // Sixteen columns at a time: their part of a row is a line or less of the cache.
      ThreadPool.shared.runRanges((columns + 15) / 16) { tiles in
        for start in tiles.map({ $0 * 16 }) {
          for row in 0..<rows {
            for column in start..<min(start + 16, columns) {
              sink.elements[column * rows + row] = source.pointer.loadUnaligned(
                fromByteOffset: (row * columns + column) * width, as: type)
            }
          }
        }
      }
    }
  }

  /// GPTQ's zero points as bytes `[rows, groups]`; in a file each group is a stream of codes along the rows.
  ///
  /// Where the file holds one less, one is added as writers took it away: to all codes of a word at once, so that a code
  /// of zero, which borrowed from its neighbour, gives back; but to codes of 3 bits, which cross words, one by one.
  static func zeros(_ source: Bytes, rows: Int, groups: Int, bits: Int, areLessOne: Bool) -> Bytes {
    let words = rows * bits / 32
    let addends: [Int: UInt32] = [2: 0x5555_5555, 4: 0x1111_1111, 8: 0x0101_0101]
    let addend = areLessOne ? addends[bits] ?? 0 : 0
    let offset: UInt64 = areLessOne && bits == 3 ? 1 : 0
    return Bytes(count: rows * groups) { buffer in
      for group in 0..<groups {
        func word(_ index: Int) -> UInt64 {
          if index == words { return 0 }
          let stored = source.pointer.loadUnaligned(fromByteOffset: (group * words + index) * 4, as: UInt32.self)
          return UInt64(stored &+ addend)
        }
        for row in 0..<rows {
          let bit = row * bits
          let pair = word(bit / 32) | word(bit / 32 + 1) << 32
          buffer[row * groups + group] = UInt8((pair >> UInt64(bit % 32) + offset) & (1 << UInt64(bits) - 1))
        }
      }
    }
  }

  /// AWQ's codes as rows of nibbles, the first in the low one.
  static func awqCodes(_ source: Bytes, rows: Int, columns: Int) -> Bytes {
    let (words, wordsOut) = (rows / 8, columns / 8)
    let places = SIMD8<UInt32>(0, 4, 8, 12, 16, 20, 24, 28)
    return Bytes(count: rows * columns / 2) { buffer in
      let sink = Sink(elements: buffer.bindMemory(to: UInt32.self))
      ThreadPool.shared.runRanges(words, minimum: 4) { range in
        for word in range {
          for eight in 0..<wordsOut {
            // Eight inputs by eight outputs, turned around.
            var found = SIMD8<UInt32>()
            for input in 0..<8 {
              found[input] = source.pointer.loadUnaligned(
                fromByteOffset: ((eight * 8 + input) * words + word) * 4, as: UInt32.self)
            }
            for output in awqOrder {
              sink.elements[(word * 8 + output) * wordsOut + eight] = ((found & 15) &<< places).wrappedSum()
              found &>>= 4
            }
          }
        }
      }
    }
  }

  /// AWQ's zero points as bytes `[rows, groups]`.
  static func awqZeros(_ source: Bytes, rows: Int, groups: Int) -> Bytes {
    Bytes(count: rows * groups) { buffer in
      for group in 0..<groups {
        for word in 0..<rows / 8 {
          let packed = source.pointer.loadUnaligned(fromByteOffset: (group * (rows / 8) + word) * 4, as: UInt32.self)
          for (place, output) in awqOrder.enumerated() {
            buffer[(word * 8 + output) * groups + group] = UInt8(packed >> UInt32(4 * place) & 15)
          }
        }
      }
    }
  }

  /// Where the threads write; each element is written by one of them.
  private struct Sink<Element>: @unchecked Sendable {
    let elements: UnsafeMutableBufferPointer<Element>
  }
}
