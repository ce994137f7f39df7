import Foundation

/// A lock that only one process holds, by `flock` on a file, as Python's `filelock` takes it.
struct FileLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until the lock is free.
  ///
  /// - Parameter onWait: Called once when another process holds it.
  /// - Throws: `CancellationError`, ``HubError/cannotWrite(path:reason:)``.
  init(_ path: String, isCancelled: () -> Bool, onWait: () -> Void) throws {
    try FileSystem.makeFolder(of: path)
    var hasToldWait = false
    while true {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard file >= 0 else { throw FileSystem.failure(writing: path) }
      let isLocked = flock(file, LOCK_EX | LOCK_NB) == 0
      // On a file system without locks the checksum still guards the file.
      let isWithoutLocks = !isLocked && errno != EWOULDBLOCK && errno != EINTR
      if isWithoutLocks || isLocked && Self.isLinked(file) {
        descriptor = file
        return
      }
      close(file)
      if isLocked { continue }
      if !hasToldWait { onWait() }
      hasToldWait = true
      if isCancelled() { throw CancellationError() }
      usleep(50_000)
    }
  }

  deinit { close(descriptor) }

  /// Whether the file still has its name: who held the lock before may have removed it.
  private static func isLinked(_ file: Int32) -> Bool {
    var status = stat()
    return fstat(file, &status) == 0 && status.st_nlink > 0
  }
}
