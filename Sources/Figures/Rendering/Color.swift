import Foundation

/// An sRGB colour.
///
/// The colours of ``palette`` were chosen to be told apart with the common kinds of colour blindness and to have
/// a contrast of at least 3 to 1 against both white and a dark theme's background.
package struct Color: Sendable, Hashable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A colour written as in CSS, such as `0x2f7fc1`.
  package init(hex: UInt32) {
    self.init(red: UInt8(hex >> 16 & 0xff), green: UInt8(hex >> 8 & 0xff), blue: UInt8(hex & 0xff))
  }

  /// Blue, orange, green, purple, ochre and teal: for series, in this order, and again from the start.
  package static let palette = [
    Color(hex: 0x2f80c8), Color(hex: 0xdb6b1d), Color(hex: 0x16976c), Color(hex: 0xb765ab), Color(hex: 0xa4830f),
    Color(hex: 0x2a98ad),
  ]

  /// The colour of a series.
  package static func series(_ index: Int) -> Color { palette[index % palette.count] }

  /// Grey that can be read on white and on near black: titles, ticks, words.
  package static let neutral = Color(hex: 0x7e7e7e)

  /// The colour as CSS text, such as `#2f80c8`.
  package var css: String { String(format: "#%02x%02x%02x", red, green, blue) }

  /// The colour as CSS text with an opacity from 0 to 1, such as `rgba(47,128,200,0.25)`.
  package func css(opacity: Double) -> String {
    "rgba(\(red),\(green),\(blue),\(NumberText.significant(min(1, max(0, opacity)), digits: 2)))"
  }

  /// The relative luminance by WCAG 2, from 0 for black to 1 for white.
  package var luminance: Double {
    let linear = [red, green, blue].map { channel in
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
  }

  /// The colour a part of the way to another one, mixed in sRGB as Vega does.
  func mixed(with other: Color, part: Double) -> Color {
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * part).rounded()) }
    return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
  }
}
