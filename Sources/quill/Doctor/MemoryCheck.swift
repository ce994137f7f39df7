import Foundation

/// Whether there is memory to train in.
enum MemoryCheck {
  /// The least that fine-tuning the smallest model of the catalogue wants, in bytes.
  private static let comfortable = 2 << 30

  static var findings: [Finding] {
    let total = min(Int(ProcessInfo.processInfo.physicalMemory), ControlGroup.memory ?? .max)
    let free = min(available ?? total, total)
    let text = "\(gibibytes(free)) free of \(gibibytes(total))"
    if free >= comfortable { return [.ok("memory", text)] }
    return [.warn("memory", text, remedy: "close other programs, or train with a smaller batchSize and maxLength")]
  }

  /// Bytes that programs can get without swapping.
  private static var available: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kibibytes << 10
  }

  private static func gibibytes(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / 0x1p30) }
}
