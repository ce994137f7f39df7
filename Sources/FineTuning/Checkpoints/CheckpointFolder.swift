import Foundation
import ModelFiles
import TensorCore

/// The folders `checkpoint-N` of a training, each of which is there whole or not at all.
package enum CheckpointFolder {
  /// Lets `body` fill a temporary folder and gives it its name when everything in it has reached the disk.
  ///
  /// A checkpoint of the same step is moved aside first and gone afterwards.
  ///
  /// - Parameter body: Is given the path of the temporary folder; syncs the files that it writes.
  /// - Returns: The checkpoint's path.
  /// - Throws: ``FileError``, and what `body` throws; what was there is then still there.
  static func write(step: Int, in output: String, _ body: (_ folder: String) throws -> Void) throws -> String {
    try AtomicFile.makeFolder(output)
    try removeLeftovers(in: output)
    let path = "\(output)/\(name(ofStep: step))"
    let temporary = "\(path).\(getpid()).\(partial)"
    try? FileManager.default.removeItem(atPath: temporary)
    try AtomicFile.makeFolder(temporary)
    defer { try? FileManager.default.removeItem(atPath: temporary) }
    try body(temporary)
    for name in try FileContents.names(in: temporary) where FileContents.isFolder("\(temporary)/\(name)") {
      try sync("\(temporary)/\(name)")
    }
    try sync(temporary)
    if FileContents.isFolder(path) { try move(path, to: path + aside) }
    try move(temporary, to: path)
    try sync(output)
    try? FileManager.default.removeItem(atPath: path + aside)
    return path
  }

  /// The checkpoint that is meant: the folder itself, or the one of the highest step in it.
  ///
  /// - Throws: ``CheckpointError``, ``FileError``.
  package static func find(_ path: String) throws -> String {
    if FileContents.exists("\(path)/\(Checkpoint.stateFile)") { return path }
    guard FileContents.isFolder(path) else { throw FileError(path: path, code: ENOENT) }
    guard let newest = try steps(in: path).max() else { throw CheckpointError(path: path, reason: .noCheckpoint) }
    return "\(path)/\(name(ofStep: newest))"
  }

  /// The steps of all checkpoints in a folder.
  ///
  /// - Throws: ``FileError``.
  package static func steps(in output: String) throws(FileError) -> [Int] {
    let names = try FileContents.names(in: output)
    // A process that died between the two renamings left the old one beside its place.
    for name in names where name.hasSuffix(aside) {
      let place = String(name.dropLast(aside.count))
      if step(ofName: place) != nil, !names.contains(place) { rename("\(output)/\(name)", "\(output)/\(place)") }
    }
    return try FileContents.names(in: output).compactMap(step(ofName:)).sorted()
  }

  /// Deletes the oldest checkpoints but for `limit`; those of the steps in `kept` count and stay.
  ///
  /// - Throws: ``FileError``.
  static func prune(_ output: String, limit: Int, keeping kept: Set<Int>) throws(FileError) {
    let steps = try steps(in: output).sorted { (age($0, output), $0) < (age($1, output), $1) }
    for step in steps.filter({ !kept.contains($0) }).prefix(max(0, steps.count - limit)) {
      // By another name first, so that half a checkpoint never has the name of a whole one.
      let (path, doomed) = ("\(output)/\(name(ofStep: step))", "\(output)/\(name(ofStep: step)).\(getpid()).\(partial)")
      try move(path, to: doomed)
      try? FileManager.default.removeItem(atPath: doomed)
    }
  }

  // MARK: - Names

  private static let prefix = "checkpoint-"
  private static let partial = "partial"
  private static let aside = ".old"

  package static func name(ofStep step: Int) -> String { "\(prefix)\(step)" }

  private static func step(ofName name: String) -> Int? {
    guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), self.name(ofStep: step) == name else {
      return nil
    }
    return step
  }

  /// Deletes what processes that are gone were writing when they died.
  private static func removeLeftovers(in output: String) throws(FileError) {
    for name in try FileContents.names(in: output) where name.hasPrefix(prefix) {
      let parts = name.split(separator: ".")
      guard parts.count == 3, parts[2] == partial, let process = Int32(parts[1]), process > 0 else { continue }
      if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(output)/\(name)") }
    }
  }

  // MARK: - System calls

  /// When a checkpoint was written, in nanoseconds.
  private static func age(_ step: Int, _ output: String) -> Int {
    var status = stat()
    guard stat("\(output)/\(name(ofStep: step))", &status) == 0 else { return 0 }
    return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
  }

  private static func move(_ path: String, to other: String) throws(FileError) {
    guard rename(path, other) == 0 else { throw FileError(path: other, code: errno) }
  }

  /// Waits until the names in a folder are on the disk.
  private static func sync(_ folder: String) throws(FileError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: folder, code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw FileError(path: folder, code: errno) }
  }
}
