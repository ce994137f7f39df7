/// Classes of characters as Python's `str` methods and `re` define them.
extension Unicode.Scalar {
  /// Whether `str.isspace` and the pattern `\s` hold.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
  }

  /// Whether `str.splitlines` ends a line here.
  var isLineBreak: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  var isPythonAlphabetic: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }
  var isPythonDigit: Bool { properties.numericType == .decimal || properties.numericType == .digit }
  var isPythonNumeric: Bool { properties.numericType != nil }
  var isPythonAlphanumeric: Bool { isPythonAlphabetic || isPythonDecimal || isPythonDigit || isPythonNumeric }

  /// Whether the pattern `\w` matches.
  var isWordCharacter: Bool { self == "_" || isPythonAlphanumeric }

  /// Whether `str.isprintable` holds, so that `repr` shows the character itself.
  var isPythonPrintable: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: self == " "
    default: true
    }
  }

  var isASCIIDigit: Bool { (0x30...0x39).contains(value) }

  /// The value of a hexadecimal digit, or `nil`.
  var hexDigitValue: UInt32? {
    switch value {
    case 0x30...0x39: value - 0x30
    case 0x41...0x46: value - 0x41 + 10
    case 0x61...0x66: value - 0x61 + 10
    default: nil
    }
  }
}
