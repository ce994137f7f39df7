import Foundation

/// The time of a message as the protocol writes it: ISO 8601 in UTC with microseconds.
enum Timestamp {
  /// Now, such as `2026-11-23T14:05:09.123456Z`.
  ///
  /// Written by hand: Foundation's formatters load their locale data at first use, which a kernel's start would wait for.
  static func now() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    var text = ""
    text.reserveCapacity(27)
    append(parts.tm_year + 1900, digits: 4, to: &text)
    for (separator, value) in [
      ("-", parts.tm_mon + 1), ("-", parts.tm_mday), ("T", parts.tm_hour), (":", parts.tm_min), (":", parts.tm_sec),
    ] {
      text += separator
      append(value, digits: 2, to: &text)
    }
    text += "."
    append(Int32(time.tv_nsec / 1000), digits: 6, to: &text)
    return text + "Z"
  }

  private static func append(_ value: Int32, digits: Int, to text: inout String) {
    let number = String(value)
    for _ in number.utf8.count..<max(digits, number.utf8.count) { text += "0" }
    text += number
  }
}
