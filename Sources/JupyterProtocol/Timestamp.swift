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
    let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
    let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
    return "\(date)T\(clock).\(padded(Int32(time.tv_nsec / 1000), width: 6))Z"
  }

  private static func padded(_ value: Int32, width: Int = 2) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
