import Foundation
import JSONValue
import Synchronization

/// What this process and its machine use, for the memory and CPU display of front ends.
enum ProcessUsage {
  private struct Sample {
    var time: ContinuousClock.Instant
    var kernelSeconds: Double
    var hostBusy: Double
    var hostTotal: Double
  }

  private static let lastSample = Mutex<Sample?>(nil)

  /// The content of `usage_reply`, with ipykernel's names.
  ///
  /// CPU figures are percentages since the call before, 0 at first.
  static func reply() -> [String: JSONValue] {
    let sample = takeSample()
    let previous = lastSample.withLock { last in
      defer { last = sample }
      return last ?? sample
    }
    let seconds = previous.time.duration(to: sample.time) / .seconds(1)
    let hostTotal = sample.hostTotal - previous.hostTotal
    let kernel = seconds > 0 ? (sample.kernelSeconds - previous.kernelSeconds) / seconds * 100 : 0
    let host = hostTotal > 0 ? (sample.hostBusy - previous.hostBusy) / hostTotal * 100 : 0
    return [
      "status": "ok",
      "hostname": .string(ProcessInfo.processInfo.hostName),
      "pid": .integer(Int(getpid())),
      "kernel_cpu": .number(kernel),
      "kernel_memory": .integer(residentBytes()),
      "host_cpu_percent": .number(host),
      "cpu_count": .integer(ProcessInfo.processInfo.processorCount),
      "host_virtual_memory": .object(hostMemory()),
    ]
  }

  private static func takeSample() -> Sample {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let ticks = lines(of: "/proc/stat").first?.split(separator: " ").dropFirst().compactMap { Double($0) } ?? []
    let total = ticks.prefix(8).reduce(0, +)
    // The fourth and fifth columns are idle and waiting for input or output.
    let idle = ticks.dropFirst(3).prefix(2).reduce(0, +)
    return Sample(
      time: .now, kernelSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds, hostBusy: total - idle,
      hostTotal: total)
  }

  /// Memory of this process that is in RAM: the second column of `statm`, in pages.
  private static func residentBytes() -> Int {
    let columns = lines(of: "/proc/self/statm").first?.split(separator: " ") ?? []
    return (columns.count > 1 ? Int(columns[1]) ?? 0 : 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func hostMemory() -> [String: JSONValue] {
    var bytes: [Substring: Int] = [:]
    for line in lines(of: "/proc/meminfo") {
      let columns = line.split(separator: " ")
      if columns.count >= 2, let kibibytes = Int(columns[1]) { bytes[columns[0].dropLast()] = kibibytes * 1024 }
    }
    let total = bytes["MemTotal", default: 0]
    let available = bytes["MemAvailable", default: 0]
    return [
      "total": .integer(total), "available": .integer(available), "used": .integer(total - available),
      "free": .integer(bytes["MemFree", default: 0]),
      "percent": .number(total > 0 ? Double(total - available) / Double(total) * 100 : 0),
    ]
  }

  private static func lines(of path: String) -> [Substring] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) / 1e6 }
}
