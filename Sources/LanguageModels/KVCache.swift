import CTensorKernels
import TensorCore

/// Keys and values of the tokens that a model has read, block by block, so that each token is computed once.
///
/// Memory is taken page by page as it is filled, and never copied.
package struct KVCache {
  /// Positions filled.
  package private(set) var count = 0
  package let layout: KVLayout
  /// Pages by block; all blocks have as many.
  private var pages: [[KVPage]]
  private let limit: Int

  /// An empty cache; memory grows with what is read, up to the model's context.
  ///
  /// - Throws: ``KVFormatError`` when the format does not fit the size of the heads.
  package init(_ configuration: ModelConfiguration, format: KVFormat) throws(KVFormatError) {
    try format.check(headSize: configuration.headSize)
    self.init(configuration, checked: format)
  }

  /// An empty cache as the model wants it: in its format, or in floats as exact as its activations.
  package init(_ model: LanguageModel) {
    self.init(model.configuration, checked: model.cacheFormat ?? (model.activations == .float32 ? .f32 : .f16))
  }

  private init(_ configuration: ModelConfiguration, checked format: KVFormat) {
    layout = KVLayout(
      format: format, headCount: configuration.keyValueHeadCount, headSize: configuration.headSize)
    limit = configuration.contextLength
    pages = Array(repeating: [], count: configuration.blockCount)
  }

  /// Bytes that the cache holds now.
  package var byteCount: Int { pages.reduce(0) { $0 + $1.count * layout.pageBytes } }

  /// Makes room for `added` more positions.
  ///
  /// - Throws: ``ModelError/contextExceeded(tokens:limit:)``.
  package mutating func reserve(_ added: Int) throws(ModelError) {
    let needed = count + added
    guard needed <= limit else { throw .contextExceeded(tokens: needed, limit: limit) }
    for block in pages.indices {
      while pages[block].count * KVLayout.pageSize < needed { pages[block].append(KVPage(layout)) }
    }
  }

  /// Stores the keys and values `[T, K · d]` of a block for the next positions, which are reserved.
  package func store(keys: MatrixView, values: MatrixView, block: Int) {
    let size = KVLayout.pageSize
    var row = 0
    while row < keys.rows {
      let position = count + row
      let part = row..<min(keys.rows, row + size - position % size)
      pages[block][position / size].store(keys: keys[part], values: values[part], at: position % size, layout)
      row = part.upperBound
    }
  }

  /// Keys and values of a block, the next `added` positions included.
  package func keyValues(with added: Int, block: Int) -> CachedKeyValues {
    CachedKeyValues(layout: layout, pages: pages[block], count: count + added)
  }

  /// Counts the next positions as filled.
  package mutating func advance(by added: Int) { count += added }

  /// Forgets all positions from `position` on.
  package mutating func truncate(to position: Int) { count = min(count, position) }
}

/// Keys and values of one block as a cache stores them.
package struct CachedKeyValues: Sendable {
  package let layout: KVLayout
  let pages: [KVPage]
  /// Positions filled.
  package let count: Int
}

/// Memory for the keys and values of ``KVLayout/pageSize`` positions of one block.
///
/// The cache that owns it is the only one who writes, and never while attention reads.
final class KVPage: @unchecked Sendable {
  private let memory: UnsafeMutableRawPointer
  /// Holds the memory; numbers of their own where the system has no large pages.
  private let owner: AnyObject

  /// Zeros, so that lanes of positions that are not filled yet hold numbers.
  init(_ layout: KVLayout) {
    if let pages = LargePages(count: layout.pageBytes) {
      (memory, owner) = (pages.buffer.baseAddress!, pages)
    } else {
      let matrix = Matrix(rows: 1, columns: (layout.pageBytes + 3) / 4)
      (memory, owner) = (UnsafeMutableRawPointer(matrix.view.base), matrix)
    }
  }

  /// Where the keys of a head begin.
  func head(_ index: Int, _ layout: KVLayout) -> UnsafeMutableRawPointer { memory + index * layout.headBytes }

  /// Stores keys and values `[T, K · d]` at positions of this page.
  func store(keys: MatrixView, values: MatrixView, at position: Int, _ layout: KVLayout) {
    for index in 0..<layout.headCount {
      let (head, column) = (head(index, layout), index * layout.headSize)
      var row = 0
      while row < keys.rows {
        let lane = (position + row) % 16
        let count = min(16 - lane, keys.rows - row)
        layout.storeKeys(keys.row(row) + column, keys.columns, count, at: position + row, head)
        row += count
      }
      layout.storeValues(values.base + column, values.columns, values.rows, at: position, head)
    }
  }
}

extension KVLayout {
  /// Stores rows of one head that go into one panel of 16 keys.
  fileprivate func storeKeys(
    _ rows: UnsafePointer<Float>, _ stride: Int, _ count: Int, at position: Int, _ head: UnsafeMutableRawPointer
  ) {
    let kernels = InstructionSet.current.kernels
    let panel = head + position / 16 * keyPanelBytes + position % 16 * laneBytes / 16
    switch format {
    case .f32: kernels.pack_rows_f32(rows, stride, count, headSize, panel.assumingMemoryBound(to: Float.self))
    case .f16: kernels.pack_rows_f16(rows, stride, count, headSize, panel.assumingMemoryBound(to: UInt16.self))
    case .q8_0:
      let scales = (head + keyScales).assumingMemoryBound(to: UInt16.self)
      kernels.pack_rows_q8(
        rows, stride, count, headSize, panel.assumingMemoryBound(to: Int8.self),
        scales + position / 16 * (headSize / 32 * 16) + position % 16)
    }
  }

  /// Stores rows of one head at consecutive positions.
  fileprivate func storeValues(
    _ rows: UnsafePointer<Float>, _ stride: Int, _ count: Int, at position: Int, _ head: UnsafeMutableRawPointer
  ) {
    let kernels = InstructionSet.current.kernels
    let (place, panelStride) = (head + values + position * laneBytes, 16 * Self.pageSize)
    switch format {
    case .f32:
      kernels.pack_columns_f32(
        rows, stride, count, headSize, place.assumingMemoryBound(to: Float.self), panelStride)
    case .f16:
      kernels.pack_columns_f16(
        rows, stride, count, headSize, place.assumingMemoryBound(to: UInt16.self), panelStride)
    case .q8_0:
      kernels.pack_columns_q8(
        rows, stride, count, headSize, place.assumingMemoryBound(to: Int8.self),
        (head + valueScales).assumingMemoryBound(to: UInt16.self) + position, Self.pageSize)
    }
  }
}
