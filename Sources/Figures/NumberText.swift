import Foundation

/// Numbers, sizes and times as text, the same everywhere in Quill.
///
/// All functions write a non-finite number as `∞`, `-∞` or `n/a`, and use the same separators whatever the locale.
package enum NumberText {
  /// A number with a fixed number of decimals and separated thousands: `1,234.50`.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return nonFinite(value) }
    guard abs(value) < 1e15 else { return scientific(value, digits: 4) }
    let text = String(format: "%.\(max(0, decimals))f", value)
    let isZero = !text.contains { $0 != "0" && $0 != "." && $0 != "-" }
    return separated(isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text)
  }

  /// A number rounded to significant digits, without needless zeros: `0.0312`, `4.5`, `1,235`.
  package static func significant(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return nonFinite(value) }
    guard value != 0 else { return "0" }
    let magnitude = abs(value)
    guard magnitude >= 1e-4, magnitude < 1e15 else { return scientific(value, digits: digits) }
    let exponent = Int(log10(magnitude).rounded(.down))
    let text = String(format: "%.\(max(0, digits - 1 - exponent))f", value)
    return separated(text.contains(".") ? trimmed(text) : text)
  }

  /// A number as a factor and a power of ten: `2e-4`, `1.5e+20`.
  package static func scientific(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return nonFinite(value) }
    let parts = String(format: "%.\(max(0, digits - 1))e", value).split(separator: "e")
    let exponent = Int(parts[1]) ?? 0
    let factor = parts[0].contains(".") ? trimmed(String(parts[0])) : String(parts[0])
    return "\(factor)e\(exponent < 0 ? "-" : "+")\(abs(exponent))"
  }

  /// A whole number with separated thousands: `134,515,008`.
  package static func count(_ value: Int) -> String { separated(String(value)) }

  /// A large number with a suffix for its thousands: `134.5M`, `9.2k`.
  package static func abbreviated(_ value: Double, digits: Int = 4) -> String {
    guard value.isFinite else { return nonFinite(value) }
    for (divisor, suffix) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where abs(value) >= divisor {
      return significant(value / divisor, digits: digits) + suffix
    }
    return significant(value, digits: digits)
  }

  /// A size in binary units: `512 B`, `93.8 MiB`.
  package static func bytes(_ count: Int) -> String {
    var size = Double(count)
    var unit = "B"
    for next in ["KiB", "MiB", "GiB", "TiB"] where abs(size) >= 1024 {
      size /= 1024
      unit = next
    }
    if unit == "B" { return "\(count) B" }
    return "\(fixed(size, decimals: abs(size) < 9.995 ? 2 : abs(size) < 999.95 ? 1 : 0)) \(unit)"
  }

  /// A time: `350 µs`, `12 ms`, `4.2 s`, `1 min 12 s`, `2 h 5 min`.
  package static func duration(_ duration: Duration) -> String {
    let (whole, attoseconds) = duration.components
    return self.duration(seconds: Double(whole) + Double(attoseconds) * 1e-18)
  }

  /// A time given in seconds: `350 µs`, `12 ms`, `4.2 s`, `1 min 12 s`, `2 h 5 min`.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite else { return nonFinite(seconds) }
    guard seconds >= 0 else { return "-" + duration(seconds: -seconds) }
    switch seconds {
    case 0: return "0 s"
    case ..<0.0009995: return "\(significant(seconds * 1e6, digits: 3)) µs"
    case ..<0.9995: return "\(significant(seconds * 1e3, digits: 3)) ms"
    case ..<9.95: return "\(fixed(seconds, decimals: 1)) s"
    case ..<59.5: return "\(fixed(seconds, decimals: 0)) s"
    case ..<1e15: return longDuration(Int(seconds.rounded()))
    default: return "\(scientific(seconds)) s"
    }
  }

  /// A rate of tokens: `1,041 tok/s`, `42.5 tok/s`.
  package static func tokensPerSecond(_ rate: Double) -> String {
    guard rate.isFinite else { return nonFinite(rate) }
    return "\(fixed(rate, decimals: abs(rate) < 99.95 ? 1 : 0)) tok/s"
  }

  /// A part of one as percent: `99.1 %`.
  package static func percent(_ fraction: Double, decimals: Int = 1) -> String {
    fraction.isFinite ? "\(fixed(fraction * 100, decimals: decimals)) %" : nonFinite(fraction)
  }

  private static func longDuration(_ seconds: Int) -> String {
    let (days, hours, minutes) = (seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60)
    if days > 0 { return "\(count(days)) d \(hours) h" }
    if seconds >= 3600 { return "\(hours) h \(minutes) min" }
    return "\(minutes) min \(seconds % 60) s"
  }

  private static func nonFinite(_ value: Double) -> String { value.isNaN ? "n/a" : value < 0 ? "-∞" : "∞" }

  /// Decimals without trailing zeros.
  private static func trimmed(_ decimal: String) -> String {
    var text = Substring(decimal)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return String(text)
  }

  /// A decimal number with a comma after every third digit before the point.
  private static func separated(_ decimal: String) -> String {
    let digits = decimal.prefix { $0 != "." }
    let sign = digits.hasPrefix("-") ? "-" : ""
    let whole = Array(digits.dropFirst(sign.count).utf8)
    guard whole.count > 3 else { return decimal }
    var grouped: [UInt8] = []
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { grouped.append(UInt8(ascii: ",")) }
      grouped.append(digit)
    }
    return sign + String(decoding: grouped, as: UTF8.self) + decimal.dropFirst(digits.count)
  }
}
