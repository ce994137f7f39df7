import Foundation

/// The time that `strftime_now` tells.
package struct TemplateClock: Sendable {
  private let now: Date
  private let timeZone: TimeZone

  /// - Parameters:
  ///   - now: The time of the rendering.
  ///   - timeZone: Where it is told; Python takes the machine's.
  package init(now: Date = Date(), timeZone: TimeZone = .current) {
    self.now = now
    self.timeZone = timeZone
  }

  private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
  /// Directives that stand for others.
  private static let compositions: [Character: String] = [
    "c": "%a %b %e %H:%M:%S %Y", "D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M", "r": "%I:%M:%S %p", "T": "%H:%M:%S",
    "X": "%H:%M:%S", "x": "%m/%d/%y",
  ]

  /// The time in a format of C's `strftime`, in the C locale; `%-d` leaves zeros out.
  func text(_ format: Text, _ interpreter: Interpreter) throws -> Text {
    try interpreter.reserve(format.count, times: 24)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    calendar.locale = Locale(identifier: "en_US_POSIX")
    return Text(text(format.string, Parts(calendar, now)))
  }

  private func text(_ format: String, _ parts: Parts) -> String {
    var result = ""
    var rest = format[...]
    while let next = rest.popFirst() {
      guard next == "%" else {
        result.append(next)
        continue
      }
      let flag = rest.first.flatMap { "-_0^#".contains($0) ? $0 : nil }
      let directive = rest.dropFirst(flag == nil ? 0 : 1).first
      guard let directive, let value = value(of: directive, parts) else {
        result.append(next)
        continue
      }
      rest = rest.dropFirst(flag == nil ? 1 : 2)
      result += flagged(value, flag)
    }
    return result
  }

  private func flagged(_ value: String, _ flag: Character?) -> String {
    let isNumber = value.allSatisfy { $0.isNumber || $0 == " " } && !value.isEmpty
    switch flag {
    case "^": return value.uppercased()
    case "#": return value == value.uppercased() ? value.lowercased() : value.uppercased()
    case .some(let flag) where isNumber:
      let digits = value.drop { $0 == "0" || $0 == " " }
      let number = digits.isEmpty ? "0" : String(digits)
      let pad = flag == "-" ? "" : String(repeating: flag == "_" ? " " : "0", count: value.count - number.count)
      return pad + number
    default: return value
    }
  }

  /// The date and time in numbers.
  private struct Parts {
    let year, month, day, hour, minute, second, microsecond, weekday, dayOfYear, isoYear, isoWeek: Int
    let epoch: Int

    init(_ calendar: Calendar, _ date: Date) {
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second, .nanosecond, .weekday], from: date)
      (year, month, day) = (parts.year ?? 1, parts.month ?? 1, parts.day ?? 1)
      (hour, minute, second) = (parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
      microsecond = (parts.nanosecond ?? 0) / 1000
      weekday = (parts.weekday ?? 1) - 1
      dayOfYear = calendar.ordinality(of: .day, in: .year, for: date) ?? 1
      var iso = Calendar(identifier: .iso8601)
      iso.timeZone = calendar.timeZone
      let week = iso.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
      (isoYear, isoWeek) = (week.yearForWeekOfYear ?? 1, week.weekOfYear ?? 1)
      epoch = Int(date.timeIntervalSince1970.rounded(.down))
    }

    var hourOf12: Int { (hour + 11) % 12 + 1 }
  }

  private func padded(_ value: Int, _ width: Int, _ pad: Character = "0") -> String {
    let digits = String(value)
    return String(repeating: pad, count: max(0, width - digits.count)) + digits
  }

  private func value(of directive: Character, _ parts: Parts) -> String? {
    if let format = Self.compositions[directive] { return text(format, parts) }
    return switch directive {
    case "a": String(Self.weekdays[parts.weekday].prefix(3))
    case "A": Self.weekdays[parts.weekday]
    case "b", "h": String(Self.months[parts.month - 1].prefix(3))
    case "B": Self.months[parts.month - 1]
    case "C": padded(parts.year / 100, 2)
    case "d": padded(parts.day, 2)
    case "e": padded(parts.day, 2, " ")
    case "f": padded(parts.microsecond, 6)
    case "g": padded(parts.isoYear % 100, 2)
    case "G": padded(parts.isoYear, 4)
    case "H": padded(parts.hour, 2)
    case "I": padded(parts.hourOf12, 2)
    case "j": padded(parts.dayOfYear, 3)
    case "k": padded(parts.hour, 2, " ")
    case "l": padded(parts.hourOf12, 2, " ")
    case "m": padded(parts.month, 2)
    case "M": padded(parts.minute, 2)
    case "n": "\n"
    case "p": parts.hour < 12 ? "AM" : "PM"
    case "P": parts.hour < 12 ? "am" : "pm"
    case "s": String(parts.epoch)
    case "S": padded(parts.second, 2)
    case "t": "\t"
    case "u": String(parts.weekday == 0 ? 7 : parts.weekday)
    case "U": padded((parts.dayOfYear + 6 - parts.weekday) / 7, 2)
    case "V": padded(parts.isoWeek, 2)
    case "w": String(parts.weekday)
    case "W": padded((parts.dayOfYear + 6 - (parts.weekday + 6) % 7) / 7, 2)
    case "y": padded(parts.year % 100, 2)
    case "Y": String(parts.year)
    case "z", "Z": ""
    case "%": "%"
    default: nil
    }
  }
}
