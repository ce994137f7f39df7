import CTensorKernels
import TensorCore

/// The keys and values of one head at the positions of one page, as panels that tile products take.
struct KeyValuePanels {
  /// `[positions / 16][d][16]`, from the page's first position on.
  let keys: UnsafeRawPointer
  /// `[d / 16][positions][16]`.
  let values: UnsafeRawPointer
  let numbers: Numbers

  enum Numbers {
    case floats, halves
    /// Bytes with float16 scales, `[positions / 16][d / 32][16]` of keys and `[d / 32][positions]` of values.
    case bytes(keyScales: UnsafePointer<UInt16>, valueScales: UnsafePointer<UInt16>)
  }
}

extension KeyValues {
  /// Sizes of a page of panels in float32.
  func panelLayout(headSize: Int) -> KVLayout { KVLayout(format: .f32, headCount: 1, headSize: headSize) }

  /// Whether the panels have to be made before they can be multiplied.
  var needsScratch: Bool {
    guard case .cached(let cached) = self else { return true }
    return cached.layout.format == .q8_0
  }

  /// The panels of the page with the positions `page · pageSize ..< (page + 1) · pageSize`.
  ///
  /// - Parameters:
  ///   - needed: Positions of the page, counted from its first, that have to be there; others may hold anything.
  ///   - decodesBytes: Whether bytes become float32.
  ///   - scratch: Memory of one page in float32 when ``needsScratch``.
  func panels(
    page: Int, head: Int, headSize: Int, needed: Range<Int>, decodesBytes: Bool,
    scratch: UnsafeMutablePointer<Float>, with kernels: tk_kernels
  ) -> KeyValuePanels {
    let target = panelLayout(headSize: headSize)
    let memory = UnsafeMutableRawPointer(scratch)
    switch self {
    case .rows(let keys, let values):
      let first = page * KVLayout.pageSize
      target.pack(
        keys: keys[first + needed.lowerBound..<first + needed.upperBound],
        values: values[first + needed.lowerBound..<first + needed.upperBound], column: head * headSize,
        at: needed.lowerBound, into: memory, kernels)
      return KeyValuePanels(keys: memory, values: memory + target.values, numbers: .floats)
    case .cached(let cached):
      let head = cached.pages[page].head(head, cached.layout)
      guard cached.layout.format == .q8_0, decodesBytes else {
        return KeyValuePanels(
          keys: head, values: head + cached.layout.values, numbers: cached.layout.numbers(ofHead: head))
      }
      cached.layout.decode(head, needed: needed, into: memory, target, kernels)
      return KeyValuePanels(keys: memory, values: memory + target.values, numbers: .floats)
    }
  }
}

extension KVLayout {
  fileprivate func numbers(ofHead head: UnsafeMutableRawPointer) -> KeyValuePanels.Numbers {
    switch format {
    case .f32: .floats
    case .f16: .halves
    case .q8_0:
      .bytes(
        keyScales: UnsafePointer((head + keyScales).assumingMemoryBound(to: UInt16.self)),
        valueScales: UnsafePointer((head + valueScales).assumingMemoryBound(to: UInt16.self)))
    }
  }

  /// Packs rows of one head into float32 panels, from a position of the page on.
  fileprivate func pack(
    keys: MatrixView, values: MatrixView, column: Int, at position: Int, into memory: UnsafeMutableRawPointer,
    _ kernels: tk_kernels
  ) {
    var row = 0
    while row < keys.rows {
      let lane = (position + row) % 16
      let count = min(16 - lane, keys.rows - row)
      let panel = (memory + (position + row) / 16 * keyPanelBytes).assumingMemoryBound(to: Float.self)
      kernels.pack_rows_f32(keys.row(row) + column, keys.columns, count, headSize, panel + lane)
      row += count
    }
    kernels.pack_columns_f32(
      values.base + column, values.columns, values.rows, headSize,
      (memory + self.values + position * laneBytes).assumingMemoryBound(to: Float.self), 16 * Self.pageSize)
  }

  /// Unpacks bytes of one head into float32 panels of another layout.
  fileprivate func decode(
    _ head: UnsafeMutableRawPointer, needed: Range<Int>, into memory: UnsafeMutableRawPointer, _ target: KVLayout,
    _ kernels: tk_kernels
  ) {
    let scales = (head + keyScales).assumingMemoryBound(to: UInt16.self)
    for panel in needed.lowerBound / 16..<(needed.upperBound + 15) / 16 {
      kernels.decode_rows_q8(
        (head + panel * keyPanelBytes).assumingMemoryBound(to: Int8.self), scales + panel * (headSize / 32 * 16),
        headSize, (memory + panel * target.keyPanelBytes).assumingMemoryBound(to: Float.self))
    }
    for panel in 0..<headSize / 16 {
      let place = panel * valuePanelBytes + needed.lowerBound * laneBytes
      let scales = (head + valueScales).assumingMemoryBound(to: UInt16.self) + panel / 2 * Self.pageSize
      kernels.decode_columns_q8(
        (head + values + place).assumingMemoryBound(to: Int8.self), scales + needed.lowerBound, needed.count,
        (memory + target.values + 4 * place).assumingMemoryBound(to: Float.self))
    }
  }
}
