import CCairo
import Foundation

/// Writes pixels as a PNG image with a palette.
///
/// A chart has few colours, so one byte a pixel is enough: a third of the size of `cairo_surface_write_to_png_stream`,
/// and ten times faster, which lets a chart be drawn while a model trains.
enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Encodes an image.
  ///
  /// - Parameters:
  ///   - premultiplied: Rows of pixels as Cairo stores them: alpha, red, green, blue from the highest byte down,
  ///     the colours multiplied by alpha.
  ///   - stride: Pixels from the start of one row to the next.
  static func encoded(premultiplied: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int) -> Data {
    let image = IndexedImage(premultiplied, width: width, height: height, stride: stride)
    var data = Data(signature)
    append("IHDR", bigEndian(width) + bigEndian(height) + [8, 3, 0, 0, 0], to: &data)
    append("PLTE", image.palette.flatMap { [$0.red, $0.green, $0.blue] }, to: &data)
    append("tRNS", image.palette.map(\.alpha), to: &data)
    append("IDAT", compressed(image.scanlines), to: &data)
    append("IEND", [], to: &data)
    return data
  }

  private static func append(_ type: String, _ content: [UInt8], to data: inout Data) {
    let body = Array(type.utf8) + content
    data.append(contentsOf: bigEndian(content.count))
    data.append(contentsOf: body)
    data.append(contentsOf: bigEndian(Int(crc32(0, body, uInt(body.count)))))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [UInt8(value >> 24 & 0xff), UInt8(value >> 16 & 0xff), UInt8(value >> 8 & 0xff), UInt8(value & 0xff)]
  }

  private static func compressed(_ bytes: [UInt8]) -> [UInt8] {
    var count = compressBound(uLong(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(count)) { output, initialized in
      let status = compress2(output.baseAddress, &count, bytes, uLong(bytes.count), 4)
      precondition(status == Z_OK, "zlib failed with \(status) on a buffer of the size it asked for")
      initialized = Int(count)
    }
  }
}

/// An image whose pixels are places in a palette of at most 256 colours.
private struct IndexedImage {
  struct Entry {
    let red: UInt8
    let green: UInt8
    let blue: UInt8
    let alpha: UInt8
  }

  private(set) var palette: [Entry] = []
  /// For each row a zero, the PNG filter "none", and a palette index for each pixel.
  private(set) var scanlines: [UInt8] = []

  /// Reads the pixels, giving up the lowest bits of each channel until 256 colours are enough.
  init(_ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int) {
    for lostBits in 0..<8 {
      let unit = UInt32(1) << UInt32(lostBits)
      if fill(pixels, width: width, height: height, stride: stride, unit: unit) { return }
    }
  }

  private mutating func fill(
    _ pixels: UnsafeBufferPointer<UInt32>, width: Int, height: Int, stride: Int, unit: UInt32
  ) -> Bool {
    var known: [UInt32: UInt8] = [:]
    var colors: [Entry] = []
    var (last, index): (UInt32?, UInt8) = (nil, 0)
    var isEnough = true
    scanlines = [UInt8](unsafeUninitializedCapacity: (width + 1) * height) { output, initialized in
      var next = 0
      rows: for row in 0..<height {
        output[next] = 0
        next += 1
        for pixel in pixels[row * stride..<row * stride + width] {
          if pixel != last {
            last = pixel
            let color = Self.rounded(pixel, unit: unit)
            if let place = known[color] {
              index = place
            } else if colors.count < 256 {
              index = UInt8(colors.count)
              known[color] = index
              colors.append(Self.entry(color))
            } else {
              isEnough = false
              break rows
            }
          }
          output[next] = index
          next += 1
        }
      }
      initialized = next
    }
    palette = colors
    return isEnough
  }

  /// The straight colour of a premultiplied pixel, each channel rounded to a multiple of `unit`.
  private static func rounded(_ pixel: UInt32, unit: UInt32) -> UInt32 {
    let alpha = pixel >> 24
    guard alpha > 0 else { return 0 }
    func round(_ value: UInt32) -> UInt32 { min(255, (value + unit / 2) / unit * unit) }
    func straight(_ shift: UInt32) -> UInt32 { round(min(255, ((pixel >> shift & 0xff) * 255 + alpha / 2) / alpha)) << shift }
    return round(alpha) << 24 | straight(16) | straight(8) | straight(0)
  }

  private static func entry(_ color: UInt32) -> Entry {
    Entry(
      red: UInt8(color >> 16 & 0xff), green: UInt8(color >> 8 & 0xff), blue: UInt8(color & 0xff),
      alpha: UInt8(color >> 24))
  }
}
