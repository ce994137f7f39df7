import Foundation

/// What this process holds in memory, in bytes.
struct ProcessMemory {
  /// Memory of its own.
  let own: Int
  /// Pages of mapped files, which the system takes back when it needs room.
  let files: Int
  /// The most that it held.
  let peak: Int

  var resident: Int { own + files }

  /// The present numbers, where the system tells them.
  static var now: ProcessMemory? {
    let numbers = kibibytes(in: "/proc/self/status")
    guard let own = numbers["RssAnon"], let files = numbers["RssFile"], let peak = numbers["VmHWM"] else { return nil }
    return ProcessMemory(own: own << 10, files: files << 10, peak: peak << 10)
  }

  /// What programs can still take on this computer.
  static var available: Int? { kibibytes(in: "/proc/meminfo")["MemAvailable"].map { $0 << 10 } }

  private static func kibibytes(in path: String) -> [String: Int] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
    return text.split(separator: "\n").reduce(into: [:]) { numbers, line in
      let words = line.split { $0 == ":" || $0.isWhitespace }
      if words.count > 1, let number = Int(words[1]) { numbers[String(words[0])] = number }
    }
  }
}
