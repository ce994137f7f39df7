import Foundation

/// Numbers as colours, by linear interpolation between equally spaced stops.
package struct ColorScale: Sendable, Hashable {
  package enum Colors: Sendable, Hashable {
    /// From dark blue to yellow: matplotlib's viridis, even in lightness.
    case sequential
    /// Blue below, grey at, orange above the middle: signed numbers around zero.
    case diverging

    var stops: [Color] {
      switch self {
      case .sequential:
        [0x440154, 0x482878, 0x3e4a89, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725]
          .map { Color(hex: $0) }
      case .diverging:
        [0x2166ac, 0x4a90c6, 0x92bcd8, 0xc9c9c9, 0xe8a97c, 0xd96f2b, 0xa6420b].map { Color(hex: $0) }
      }
    }
  }

  package var colors: Colors
  /// The scale of the numbers with the ticks of its legend.
  package var axis: Axis

  package init(colors: Colors, axis: Axis) {
    self.colors = colors
    self.axis = axis
  }

  /// The numbers at which the colour is exactly one of the stops.
  var stopValues: [Double] {
    let last = Double(colors.stops.count - 1)
    return colors.stops.indices.map { index in
      let part = Double(index) / last
      switch axis.scale {
      case .linear: return axis.domain.lowerBound * (1 - part) + axis.domain.upperBound * part
      case .logarithmic:
        return exp(log(axis.domain.lowerBound) * (1 - part) + log(axis.domain.upperBound) * part)
      }
    }
  }

  /// How many colours of a scale an image has: steps too small to see, and few enough for a palette.
  static let imageSteps = 64

  /// The colour of a number in an image, `nil` when it has none because it is not finite, or not positive on a
  /// logarithmic scale.
  func imageColor(of value: Double) -> Color? {
    let last = Double(Self.imageSteps - 1)
    return axis.fraction(of: value).map { color(at: (min(1, max(0, $0)) * last).rounded() / last) }
  }

  /// The colour at a part of the scale, from 0 to 1.
  func color(at fraction: Double) -> Color {
    let stops = colors.stops
    let position = fraction * Double(stops.count - 1)
    let index = min(stops.count - 2, Int(position))
    return stops[index].mixed(with: stops[index + 1], part: position - Double(index))
  }
}
