import Foundation

/// The memory that this process holds in RAM, in MiB: its files that are mapped and its own pages.
enum ResidentMemory {
  /// Gives back what is no longer used and lets the peak begin again at what is held then, where the system can; elsewhere
  /// the peak stays that of the whole process.
  static func restartPeak() {
    // glibc keeps what was freed for later; Foundation's headers do not have its function that gives it back.
    if let trim = dlsym(nil, "malloc_trim") {
      _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0)
    }
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  static var now: Double { status("VmRSS:") ?? peak }

  /// The most that was held since the peak began.
  static var peak: Double { status("VmHWM:") ?? peakOfProcess }

  private static var peakOfProcess: Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    // Linux counts in KiB.
    return Double(usage.ru_maxrss) / 1024
  }

  private static func status(_ name: String) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Double($0) })
    else { return nil }
    return kibibytes / 1024
  }
}
