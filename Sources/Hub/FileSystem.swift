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
      throw .cannotWrite(path: folder, reason: reason(errno: errnoOf(error), error))
    }
  }

  /// Renames within a file system, in one step, over what is there.
  static func rename(_ path: String, to destination: String) throws(HubError) {
    guard Foundation.rename(path, destination) == 0 else { throw failure(writing: destination) }
  }

  static func copy(_ path: String, to destination: String) throws(HubError) {
    do {
      try? FileManager.default.removeItem(atPath: destination)
      try FileManager.default.copyItem(atPath: (path as NSString).resolvingSymlinksInPath, toPath: destination)
    } catch {
      let code = errnoOf(error)
      try? FileManager.default.removeItem(atPath: destination)
      throw isFull(code)
        ? .diskFull(path: destination, needed: size(of: path) ?? 0, free: freeSpace(at: destination))
        : .cannotWrite(path: destination, reason: reason(errno: code, error))
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

  private static func errnoOf(_ error: any Error) -> Int32 {
    let error = error as NSError
    let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError
    let posix = [error, underlying].compactMap { $0 }.first { $0.domain == NSPOSIXErrorDomain }
    if let posix { return Int32(posix.code) }
    return error.code == CocoaError.Code.fileWriteOutOfSpace.rawValue ? ENOSPC : 0
  }

  private static func reason(errno code: Int32, _ error: any Error) -> String {
    code == 0 ? error.localizedDescription : String(cString: strerror(code)).lowercased()
  }
}

/// A small file that is there whole or not at all.
enum AtomicFile {
  static func write(_ data: Data, to path: String) throws(HubError) {
    try FileSystem.makeFolder(of: path)
    let temporary = "\(path).\(UInt32.random(in: 0...UInt32.max)).tmp"
    guard FileManager.default.createFile(atPath: temporary, contents: data) else {
      throw FileSystem.failure(writing: path, needed: data.count)
    }
    do {
      try FileSystem.rename(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
