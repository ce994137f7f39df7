import Foundation
import JSONValue
import Logging

/// The history on disk: a JSON object a line, appended as cells run, so that several kernels can share the file and a crash loses nothing.
struct HistoryFile: Sendable {
  /// The file is cut to this many cells when it is opened with twice as many.
  private static let keptCount = 5000

  let url: URL
  let logger: Logger

  /// Reads the cells of earlier sessions and begins a new one.
  ///
  /// A line that cannot be read is skipped.
  func open() -> (session: Int, entries: [History.Entry]) {
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      return try withLock { descriptor in
        var lines = try readLines()
        if lines.count > 2 * Self.keptCount {
          lines = lines.suffix(Self.keptCount)
          try write(lines, truncating: descriptor)
        }
        let session = 1 + (lines.compactMap { $0["session"]?.integer }.max() ?? 0)
        // Claims the number, for a kernel that starts a moment later.
        try write([["session": .integer(session)]], to: descriptor)
        return (session, lines.compactMap { History.Entry($0) })
      }
    } catch {
      logger.warning("cannot use the history file '\(url.path)': \(error)")
      return (1, [])
    }
  }

  func append(_ entries: [History.Entry]) {
    do {
      try withLock { try write(entries.map(\.json), to: $0) }
    } catch {
      logger.warning("cannot write the history file '\(url.path)': \(error)")
    }
  }

  private func readLines() throws -> [JSONValue] {
    try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).compactMap { try? JSONValue(parsing: Data($0)) }
  }

  private func write(_ lines: [JSONValue], truncating descriptor: FileHandle) throws {
    try descriptor.truncate(atOffset: 0)
    try write(lines, to: descriptor)
  }

  private func write(_ lines: [JSONValue], to handle: FileHandle) throws {
    var data = Data()
    for line in lines { data += line.serialized() + Data("\n".utf8) }
    try handle.write(contentsOf: data)
  }

  /// Opens the file to append, for its owner only, and keeps other kernels out meanwhile.
  private func withLock<Value>(_ body: (FileHandle) throws -> Value) throws -> Value {
    let descriptor = Foundation.open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    flock(descriptor, LOCK_EX)
    defer { flock(descriptor, LOCK_UN) }
    return try body(handle)
  }
}

extension History.Entry {
  init?(_ json: JSONValue) {
    guard let session = json["session"]?.integer, let line = json["line"]?.integer, let input = json["input"]?.string
    else { return nil }
    self.init(session: session, line: line, input: input, output: json["output"]?.string)
  }

  var json: JSONValue {
    var members: [String: JSONValue] = ["session": .integer(session), "line": .integer(line), "input": .string(input)]
    if let output { members["output"] = .string(output) }
    return .object(members)
  }
}
