/// How a cache stores keys and values.
package enum KVFormat: String, Sendable, Hashable, CaseIterable {
  /// 4 bytes a number.
  case f32
  /// 2 bytes a number.
  case f16
  /// 34 bytes for 32 numbers of a head: bytes and a float16 scale, as ggml's Q8_0.
  case q8_0  // swift-format-ignore: AlwaysUseLowerCamelCase

  /// What the size of a head has to be a multiple of.
  package var headSizeMultiple: Int { self == .q8_0 ? 32 : 1 }

  /// - Throws: ``KVFormatError`` when heads of that many numbers cannot be stored so.
  func check(headSize: Int) throws(KVFormatError) {
    guard headSize.isMultiple(of: headSizeMultiple) else { throw KVFormatError(format: self, headSize: headSize) }
  }
}

/// A cache was asked for in a format that does not fit the model's heads.
package struct KVFormatError: Error, Hashable {
  package let format: KVFormat
  package let headSize: Int

  package init(format: KVFormat, headSize: Int) {
    self.format = format
    self.headSize = headSize
  }
}

/// Where the keys and values of some positions lie in memory, one key and value head after the other.
///
/// Keys: panels of 16 positions side by side, `[positions / 16][d][16]`, so that one vector holds one number of 16 keys and
/// scores need no sums across a vector. Values: panels of 16 columns, `[d / 16][positions][16]`. So both products of
/// attention are tile products over panels as they lie.
package struct KVLayout: Sendable, Hashable {
  package let format: KVFormat
  /// `K`.
  package let headCount: Int
  /// `d`.
  package let headSize: Int

  /// Positions of a page, a multiple of 16.
  package static let pageSize = 128

  /// `d` up to whole panels.
  var paddedSize: Int { (headSize + 15) / 16 * 16 }

  /// Bytes of a number, scales not counted.
  private var numberSize: Int {
    switch format {
    case .f32: 4
    case .f16: 2
    case .q8_0: 1
    }
  }

  /// Bytes of the scales of one head's keys, and again of its values.
  private var scaleBytes: Int { format == .q8_0 ? Self.pageSize * headSize / 32 * 2 : 0 }

  /// Bytes from the start of a head to each of its parts: scales follow the keys and the values that they belong to.
  var keyScales: Int { Self.pageSize * headSize * numberSize }
  var values: Int { keyScales + scaleBytes }
  var valueScales: Int { values + Self.pageSize * paddedSize * numberSize }
  var headBytes: Int { valueScales + scaleBytes }

  /// Bytes of a page of all heads.
  package var pageBytes: Int { headCount * headBytes }

  /// Bytes of the panel of 16 keys, and of one panel of values.
  var keyPanelBytes: Int { 16 * headSize * numberSize }
  var valuePanelBytes: Int { 16 * Self.pageSize * numberSize }
  /// Bytes of 16 numbers.
  var laneBytes: Int { 16 * numberSize }
}
