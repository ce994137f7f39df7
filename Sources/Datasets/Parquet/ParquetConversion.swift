import Foundation
import JSONValue

/// What the values of a Parquet column mean, and as what a row shows them.
enum ParquetConversion: Sendable, Equatable {
  case bool
  case integer
  case unsigned(bits: Int)
  case number
  case half
  case decimal(scale: Int)
  /// Days since 1970, shown as `2026-01-31`.
  case day
  /// Fractions of a second since 1970, shown as `2026-01-31T23:59:59.250000`.
  case timestamp(perSecond: Int)
  /// Nanoseconds of a day and a Julian day number, as older programs write times.
  case julianTime
  case text
  case uuid
  /// Bytes without a meaning: text where all of a column are, otherwise base64.
  case bytes

  init(_ element: ParquetFooter.SchemaElement) {
    let type = element.convertedType
    typealias Converted = ParquetFooter.ConvertedType
    self =
      switch (element.type.flatMap(ParquetValues.Physical.init), element.logicalType) {
      case (.boolean, _): .bool
      case (.float, _), (.double, _): .number
      case (.int96, _): .julianTime
      case (.fixedByteArray, .float16) where element.typeLength == 2: .half
      case (.fixedByteArray, .uuid) where element.typeLength == 16: .uuid
      case _ where type == Converted.decimal: .decimal(scale: element.scale)
      case (.int64, .timestamp(let perSecond)): .timestamp(perSecond: perSecond)
      case (.int64, _) where type == Converted.timestampMilliseconds: .timestamp(perSecond: 1000)
      case (.int64, _) where type == Converted.timestampMicroseconds: .timestamp(perSecond: 1_000_000)
      case (.int32, _) where type == Converted.date: .day
      case (.int32, _) where type.map(Converted.unsigned.contains) ?? false: .unsigned(bits: 32)
      case (.int64, _) where type == Converted.unsigned64: .unsigned(bits: 64)
      case (.int32, _), (.int64, _): .integer
      case (.byteArray, _)
      where [Converted.utf8, Converted.enumeration, Converted.json].contains(type): .text
      default: .bytes
      }
  }

  /// A value as a row shows it.
  func value(_ values: ParquetValues, _ index: Int) -> JSONValue {
    switch self {
    case .bool: .bool(values.integers[index] != 0)
    case .integer: .integer(Int(values.integers[index]))
    case .unsigned(let bits): Self.unsigned(values.integers[index], bits: bits)
    case .number: values.numbers[index].isFinite ? .number(values.numbers[index]) : .null
    case .day: .string(CalendarText.day(Int(values.integers[index])))
    case .timestamp(let perSecond): .string(CalendarText.time(Int(values.integers[index]), perSecond: perSecond))
    case .decimal(let scale): .number(Self.unscaled(values, index) / Self.power(of: scale))
    case .text: .string(values.withBytes(index) { String(decoding: $0, as: UTF8.self) })
    case .half, .julianTime, .uuid, .bytes:
      values.withBytes(index) { value(of: $0, isText: values.firstNotText == nil && values.physical == .byteArray) }
    }
  }

  private func value(of bytes: UnsafeBufferPointer<UInt8>, isText: Bool) -> JSONValue {
    switch self {
    case .half:
      let number = Double(Float(halfBits: UInt16(bytes[0]) | UInt16(bytes[1]) << 8))
      return number.isFinite ? .number(number) : .null
    case .julianTime:
      let nanoseconds = bytes.prefix(8).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      let day = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) } - 2_440_588
      let microseconds = Int(clamping: nanoseconds / 1000)
      return .string(CalendarText.time(day &* 86_400_000_000 &+ microseconds, perSecond: 1_000_000))
    case .uuid:
      let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      let groups = [digits[..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10...]]
      return .string(groups.map { $0.joined() }.joined(separator: "-"))
    default:
      return .string(isText ? String(decoding: bytes, as: UTF8.self) : Data(bytes).base64EncodedString())
    }
  }

  private static func unsigned(_ value: Int64, bits: Int) -> JSONValue {
    if bits == 32 { return .integer(Int(UInt32(truncatingIfNeeded: value))) }
    return value >= 0 ? .integer(Int(value)) : .number(Double(UInt64(bitPattern: value)))
  }

  /// The digits of a decimal, of which `scale` stand behind the point.
  private static func unscaled(_ values: ParquetValues, _ index: Int) -> Double {
    switch values.physical {
    case .int32, .int64: return Double(values.integers[index])
    default:
      return values.withBytes(index) { bytes in
        bytes.enumerated().reduce(0.0) { sum, element in
          // The first byte of a two's complement has the sign.
          sum * 256 + (element.offset == 0 ? Double(Int8(bitPattern: element.element)) : Double(element.element))
        }
      }
    }
  }

  private static func power(of scale: Int) -> Double {
    (0..<min(max(scale, 0), 76)).reduce(1.0) { power, _ in power * 10 }
  }
}

extension Float {
  /// The value of an IEEE half-precision number.
  fileprivate init(halfBits bits: UInt16) {
    let (sign, exponent, fraction) = (UInt32(bits >> 15) << 31, UInt32(bits >> 10 & 31), UInt32(bits & 0x3ff))
    switch exponent {
    case 0: self = (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
    case 31: self = Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: self = Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}

/// Days and times in the form of ISO 8601.
enum CalendarText {
  /// A day by its distance from 1970-01-01, in the Gregorian calendar.
  ///
  /// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  static func day(_ days: Int) -> String {
    // Beyond these there is no calendar to speak of, and sums stay small.
    let shifted = min(max(days, -1_000_000_000), 1_000_000_000) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2))"
  }

  /// A time by its distance from the beginning of 1970, with six digits of a second.
  static func time(_ units: Int, perSecond: Int) -> String {
    let seconds = units / perSecond - (units % perSecond < 0 ? 1 : 0)
    let fraction = units - seconds * perSecond
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    let second = seconds - days * 86_400
    let microseconds = perSecond > 1_000_000 ? fraction / (perSecond / 1_000_000) : fraction * (1_000_000 / perSecond)
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(day(days))T\(clock).\(padded(microseconds, 6))"
  }

  private static func padded(_ number: Int, _ digits: Int) -> String {
    let text = String(abs(number))
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
