/// An image whose pixels are places in a palette of at most 96 colours.
///
/// The colours that cover most of the image stay exact; rare ones, which in a chart are the half covered pixels at the
/// edges of shapes, become the nearest of those.
struct PaletteImage {
  /// Enough that no edge looks rough; 256, as many as PNG allows, would make files half as large again.
  private static let paletteSize = 96

  /// Red, green, blue, alpha, not premultiplied.
  private(set) var palette: [(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8)] = []
  /// For each row a zero, the PNG filter "none", and a palette index for each pixel.
  private(set) var scanlines: [UInt8] = []

  /// - Parameters:
  ///   - pixels: Rows of premultiplied pixels, alpha in the highest byte, then red, green, blue.
  ///   - stride: Pixels from the start of one row to the next.
  /// - Complexity: O(width · height + 96 · distinct colours).
  init(_ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int) {
    var census = ColorCensus()
    for row in 0..<height { census.count(pixels[row * stride..<row * stride + width]) }
    let order = census.colors.indices.sorted { census.counts[$0] > census.counts[$1] }
    let kept = order.prefix(Self.paletteSize).map { census.colors[$0] }
    var indices = [UInt8](repeating: 0, count: census.colors.count)
    for (rank, place) in order.enumerated() {
      indices[place] = rank < kept.count ? UInt8(rank) : Self.nearest(to: census.colors[place], in: kept)
    }
    palette = kept.map(Self.straight)
    scanlines = Self.scanlines(census.runs, indices, width: width, height: height)
  }

  private static func scanlines(_ runs: [ColorCensus.Run], _ indices: [UInt8], width: Int, height: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: (width + 1) * height) { output, initialized in
      var next = 0
      for run in runs {
        if next % (width + 1) == 0 {
          output[next] = 0
          next += 1
        }
        output[next..<next + Int(run.length)].update(repeating: indices[Int(run.color)])
        next += Int(run.length)
      }
      precondition(next == (width + 1) * height, "\(next) bytes of \((width + 1) * height) are known")
      initialized = next
    }
  }

  private static func nearest(to color: UInt32, in palette: [UInt32]) -> UInt8 {
    let wanted = channels(color)
    var (best, least) = (0, Int32.max)
    for (index, candidate) in palette.enumerated() {
      let difference = channels(candidate) &- wanted
      let distance = (difference &* difference).wrappedSum()
      if distance < least { (best, least) = (index, distance) }
    }
    return UInt8(best)
  }

  private static func channels(_ color: UInt32) -> SIMD4<Int32> {
    SIMD4(Int32(color >> 24), Int32(color >> 16 & 0xff), Int32(color >> 8 & 0xff), Int32(color & 0xff))
  }

  private static func straight(_ color: UInt32) -> (red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8) {
    let alpha = color >> 24
    guard alpha > 0 else { return (0, 0, 0, 0) }
    func channel(_ shift: UInt32) -> UInt8 { UInt8(min(255, ((color >> shift & 0xff) * 255 + alpha / 2) / alpha)) }
    return (channel(16), channel(8), channel(0), UInt8(alpha))
  }
}

/// The distinct colours of an image and how often each occurs, by a hash table with open addressing.
private struct ColorCensus {
  /// Neighbouring pixels of one colour in one row.
  struct Run {
    let color: UInt16
    let length: UInt16
  }

  private(set) var colors: [UInt32] = []
  private(set) var counts: [Int] = []
  private(set) var runs: [Run] = []
  private static let slotCount = 1 << 14
  /// A colour's place in `colors` plus one; 0 is a free slot.
  private var slots = [UInt16](repeating: 0, count: slotCount)

  mutating func count(_ row: Slice<UnsafeBufferPointer<UInt32>>) {
    var next = row.startIndex
    while next < row.endIndex {
      let pixel = row[next]
      let first = next
      repeat { next += 1 } while next < row.endIndex && row[next] == pixel && next - first < UInt16.max
      let place = place(of: pixel)
      counts[Int(place)] += next - first
      runs.append(Run(color: place, length: UInt16(next - first)))
    }
  }

  private mutating func place(of pixel: UInt32) -> UInt16 {
    // When the table is three quarters full, further colours lose their lowest bits and so meet known ones.
    let color = colors.count < Self.slotCount * 3 / 4 ? pixel : pixel & 0xf0f0_f0f0
    var slot = Int((color &* 2_654_435_769) >> 18)
    while slots[slot] != 0 {
      let place = slots[slot] - 1
      if colors[Int(place)] == color { return place }
      slot = (slot + 1) % Self.slotCount
    }
    guard colors.count < Self.slotCount - 1 else { return 0 }
    colors.append(color)
    counts.append(0)
    slots[slot] = UInt16(colors.count)
    return UInt16(colors.count - 1)
  }
}
