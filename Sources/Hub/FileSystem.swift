import Foundation

/// The few operations on files that are needed, with errors that name the path.
enum FileSystem {
  /// Bytes of the file at a path, links followed; `nil` when there is none or it is a folder.
  static func size(of path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// When a file was last written, in seconds since 1970.
  static func modificationTime(of path: String) -> TimeInterval? {
    let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    return date?.timeIntervalSince1970
  }

  /// Bytes that a file system has left for us, by the nearest folder that is there.
  static func freeSpace(at path: String) -> Int? {
    var folder = path
    var status = statvfs()
    while statvfs(folder, &status) != 0 {
      let parent = (folder as NSString).deletingLastPathComponent
      guard parent != folder, !parent.isEmpty else { return nil }
      folder = parent
    }
    return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// Makes the folder that a file lies in.
  static func makeFolder(of path: String) throws(HubError) {
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .cannotWrite(path: folder, reason: reason(error))
    }
  }

  /// Renames within a file system, in one step, over what is there.
  static func rename(_ path: String, to destination: String) throws(HubError) {
    guard Foundation.rename(path, destination) == 0 else { throw failure(writing: destination) }
  }

  /// Writes a small file that is there whole or not at all.
  static func write(_ data: Data, to path: String) throws(HubError) {
    try makeFolder(of: path)
    let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).tmp"
    guard FileManager.default.createFile(atPath: temporary, contents: data) else {
      let failure = failure(writing: path, needed: data.count)
      unlink(temporary)
      throw failure
    }
    do {
      try rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// The error of the C function that just failed.
  static func failure(writing path: String, needed: Int = 0) -> HubError {
    let code = errno
    return isFull(code)
      ? .diskFull(path: path, needed: needed, free: freeSpace(at: path))
      : .cannotWrite(path: path, reason: String(cString: strerror(code)).lowercased())
  }

  /// No space, no quota, or a limit on the size of files.
  private static func isFull(_ code: Int32) -> Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

  /// The system's own words for an error of Foundation, where there are some.
  private static func reason(_ error: any Error) -> String {
    let error = error as NSError
    let system = [error, error.userInfo[NSUnderlyingErrorKey] as? NSError].compactMap { $0 }
      .first { $0.domain == NSPOSIXErrorDomain }
    return system.map { String(cString: strerror(Int32($0.code))).lowercased() } ?? error.localizedDescription
  }
}
