import CCairo
import Foundation

/// A transparent drawing surface, measured in CSS pixels and stored with twice as many for sharp screens.
///
/// A thin layer over Cairo: strokes, fills and words in DejaVu Sans. Belongs to the function that draws.
final class Canvas {
  static let scale = 2

  private let surface: OpaquePointer
  private let context: OpaquePointer
  private let width: Int
  private let height: Int

  init(size: Size) {
    width = max(1, size.width) * Self.scale
    height = max(1, size.height) * Self.scale
    // Cairo never returns null; where it fails its objects ignore drawing and the data below is missing.
    surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
    context = cairo_create(surface)
    cairo_scale(context, Double(Self.scale), Double(Self.scale))
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  // MARK: - Shapes

  /// - Parameter isSharp: Whether the edges are moved to whole pixels, so that neighbours touch without a seam.
  func fillRectangle(
    x: Double, y: Double, width: Double, height: Double, color: Color, opacity: Double = 1, isSharp: Bool = false
  ) {
    setColor(color, opacity)
    cairo_set_antialias(context, isSharp ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_DEFAULT)
    cairo_rectangle(context, x, y, width, height)
    cairo_fill(context)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_DEFAULT)
  }

  /// The centre is moved to a whole pixel: discs that are equal pixel by pixel make the image a third smaller.
  func fillCircle(center: Point, radius: Double, color: Color, opacity: Double = 1) {
    let scale = Double(Self.scale)
    setColor(color, opacity)
    cairo_new_path(context)
    cairo_arc(context, (center.x * scale).rounded() / scale, (center.y * scale).rounded() / scale, radius, 0, 2 * .pi)
    cairo_fill(context)
  }

  /// Strokes a line through the points, starting anew after each `nil`.
  func strokeLine(_ points: [Point?], width: Double, color: Color, opacity: Double = 1, dashes: [Double] = []) {
    setColor(color, opacity)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dashes, Int32(dashes.count), 0)
    cairo_new_path(context)
    var isDrawing = false
    for point in points {
      guard let point else {
        isDrawing = false
        continue
      }
      if isDrawing { cairo_line_to(context, point.x, point.y) } else { cairo_move_to(context, point.x, point.y) }
      isDrawing = true
    }
    cairo_stroke(context)
  }

  /// Draws only inside a rectangle while `body` runs.
  func clipped(x: Double, y: Double, width: Double, height: Double, _ body: () -> Void) {
    cairo_save(context)
    cairo_rectangle(context, x, y, width, height)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  // MARK: - Words

  /// The width of a word in CSS pixels.
  func width(of text: String, fontSize: Double, isBold: Bool = false) -> Double {
    setFont(size: fontSize, isBold: isBold)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// Draws a word whose vertical middle is at `point`.
  ///
  /// - Parameter turned: Whether it runs upwards.
  func draw(
    _ text: String, at point: Point, fontSize: Double, alignment: Label.Alignment = .left, isBold: Bool = false,
    turned: Bool = false, color: Color = .neutral
  ) {
    let width = width(of: text, fontSize: fontSize, isBold: isBold)
    let start =
      switch alignment {
      case .left: 0.0
      case .center: -width / 2
      case .right: -width
      }
    setColor(color, 1)
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    if turned { cairo_rotate(context, -.pi / 2) }
    cairo_move_to(context, start, fontSize * 0.36)
    cairo_show_text(context, text)
    cairo_restore(context)
  }

  /// The text, or its start with an ellipsis where it is wider than `limit`.
  func shortened(_ text: String, to limit: Double, fontSize: Double, isBold: Bool = false) -> String {
    guard width(of: text, fontSize: fontSize, isBold: isBold) > limit else { return text }
    var kept = text.prefix(max(1, Int(limit / fontSize * 3)))
    while !kept.isEmpty, width(of: kept + "…", fontSize: fontSize, isBold: isBold) > limit { kept.removeLast() }
    return kept + "…"
  }

  private func setFont(size: Double, isBold: Bool) {
    let weight = isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    cairo_select_font_face(context, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight)
    cairo_set_font_size(context, size)
  }

  private func setColor(_ color: Color, _ opacity: Double) {
    cairo_set_source_rgba(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255, opacity)
  }

  // MARK: - Pixels

  /// The drawing as a PNG image.
  func png() -> Data {
    cairo_surface_flush(surface)
    guard let bytes = cairo_image_surface_get_data(surface) else { return Data() }
    let stride = Int(cairo_image_surface_get_stride(surface)) / 4
    return bytes.withMemoryRebound(to: UInt32.self, capacity: stride * height) { pixels in
      PNG.encoded(
        premultiplied: UnsafeBufferPointer(start: pixels, count: stride * height), width: width, height: height,
        stride: stride)
    }
  }
}
