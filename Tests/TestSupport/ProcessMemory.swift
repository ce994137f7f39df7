import Foundation

/// Resident memory of this process, as Linux counts it.
package enum ProcessMemory {
  /// Forgets the peak and returns what is resident now, in bytes.
  package static func restartPeak() throws -> Int {
    try Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
    return try peak()
  }

  /// The most that was resident since the peak was forgotten, in bytes.
  package static func peak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    guard let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return kilobytes * 1024
  }
}
