import Foundation

/// The limits that a container sets (Linux control groups, version 2 and 1).
enum ControlGroup {
  /// How many processors' time may be used, or `nil` for as much as there is.
  static var processors: Double? {
    if let limits = words("cpu.max"), limits.count == 2, let quota = Double(limits[0]), let period = Double(limits[1]) {
      return quota / period
    }
    guard let quota = words("cpu/cpu.cfs_quota_us")?.first.flatMap(Double.init), quota > 0,
      let period = words("cpu/cpu.cfs_period_us")?.first.flatMap(Double.init), period > 0
    else { return nil }
    return quota / period
  }

  /// Bytes of memory that may be used, or `nil` for as much as there is.
  static var memory: Int? {
    let limit = words("memory.max") ?? words("memory/memory.limit_in_bytes")
    return limit?.first.flatMap { Int($0) }
  }

  private static func words(_ file: String) -> [String]? {
    guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/" + file, encoding: .utf8) else { return nil }
    return text.split(whereSeparator: \.isWhitespace).map(String.init)
  }
}
