import Foundation

/// How a number or text is written into a field, by `str.format` or by `%`.
struct NumberFormat {
  enum Alignment: Unicode.Scalar {
    case left = "<"
    case right = ">"
    case center = "^"
    /// Padding between the sign and the digits.
    case inside = "="
  }

  var fill: Unicode.Scalar = " "
  var alignment: Alignment?
  /// `+` or a space in front of numbers that are not negative.
  var sign: Unicode.Scalar?
  var isAlternate = false
  /// Whether a negative number that is written as zero has no sign.
  var dropsNegativeZero = false
  var width = 0
  /// `,` or `_` between groups of three digits.
  var grouping: Character?
  var precision: Int?
  var type: Character?

  // MARK: - Numbers

  /// A whole number in the types `b o x X d n c` and none.
  func text(_ value: Int) -> String? {
    let (radix, prefix): (Int, String) =
      switch type {
      case "b": (2, "0b")
      case "o": (8, "0o")
      case "x", "X": (16, "0x")
      default: (10, "")
      }
    var digits = String(value.magnitude, radix: radix)
    if let precision { digits = String(repeating: "0", count: max(0, precision - digits.count)) + digits }
    digits = grouped(digits, by: radix == 10 ? 3 : 4)
    let body = (isAlternate ? prefix : "", digits)
    let isUpper = type == "X"
    return padded(
      sign: signText(isNegative: value < 0) + (isUpper ? body.0.uppercased() : body.0),
      digits: isUpper ? body.1.uppercased() : body.1)
  }

  /// A float in the types `e E f F g G n %` and none, or `nil` for another type.
  func text(_ value: Double) -> String? {
    guard let digits = digits(of: value.magnitude) else { return nil }
    let isZero = !digits.contains { ("1"..."9").contains($0) }
    let isNegative = value.sign == .minus && !value.isNaN && !(dropsNegativeZero && isZero)
    return padded(sign: signText(isNegative: isNegative), digits: digits)
  }

  private func digits(of value: Double) -> String? {
    let isUpper = type == "E" || type == "F" || type == "G"
    guard value.isFinite else {
      let name = value.isNaN ? "nan" : "inf"
      return (isUpper ? name.uppercased() : name) + (type == "%" ? "%" : "")
    }
    let hash = isAlternate ? "#" : ""
    switch type {
    case nil:
      guard let precision else { return grouped(value.pythonDescription) }
      let text = String(format: "%\(hash).*g", max(1, precision), value)
      return grouped(text.contains(".") || text.contains("e") ? text : text + ".0")
    case "%": return grouped(String(format: "%\(hash).*f", precision ?? 6, value * 100)) + "%"
    case "e", "E", "f", "F", "g", "G": return grouped(String(format: "%\(hash).*\(type ?? "f")", precision ?? 6, value))
    case "n": return String(format: "%.*g", precision ?? 6, value)
    default: return nil
    }
  }

  private func signText(isNegative: Bool) -> String {
    isNegative ? "-" : sign.map { $0 == "-" ? "" : String($0) } ?? ""
  }

  /// The digits before a point or exponent in groups.
  private func grouped(_ digits: String, by size: Int = 3) -> String {
    guard let grouping else { return digits }
    let whole = Array(digits.prefix { $0.isHexDigit && ($0 != "e" || size == 4) })
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0 && (whole.count - index) % size == 0 { result.append(grouping) }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  // MARK: - Fields

  private func padded(sign: String, digits: String) -> String {
    let length = sign.unicodeScalars.count + digits.unicodeScalars.count
    let pad = String(repeating: String(fill), count: max(0, width - length))
    switch alignment ?? .right {
    case .left: return sign + digits + pad
    case .right: return pad + sign + digits
    case .inside: return sign + pad + digits
    case .center: return pad.prefix(pad.count / 2) + sign + digits + pad.dropFirst(pad.count / 2)
    }
  }

  /// A text in its field, cut to the precision.
  func text(_ value: Text) -> Text {
    let cut = precision.map { value[0..<min($0, value.count)] } ?? value
    let pad = max(0, width - cut.count)
    let before =
      switch alignment ?? .left {
      case .left: 0
      case .right, .inside: pad
      case .center: pad / 2
      }
    let fill = Text([fill])
    return Text(fill.repeated(before).scalars + cut.scalars + fill.repeated(pad - before).scalars)
  }
}
