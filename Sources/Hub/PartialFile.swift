import Foundation

/// A file that is being fetched: bytes are added at its end and counted into its checksum.
final class PartialFile {
  let path: String
  /// What it shall become.
  private let file: HubFile
  private let descriptor: Int32
  private var digest: ContentDigest
  /// Bytes that are there.
  private(set) var size = 0

  /// Opens what is there of a file, or begins it; the checksum begins with what is there.
  ///
  /// - Parameter onCheck: Told how many bytes have been read, every few megabytes.
  /// - Throws: ``HubError/cannotWrite(path:reason:)``, `CancellationError`.
  init(_ path: String, of file: HubFile, isCancelled: () -> Bool, onCheck: (Int) -> Void) throws {
    self.path = path
    self.file = file
    digest = file.digest
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileSystem.failure(writing: path) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    while size < file.size {
      if isCancelled() { throw CancellationError() }
      let count = read(descriptor, buffer.baseAddress, min(buffer.count, file.size - size))
      if count <= 0 { break }
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      size += count
      onCheck(size)
    }
    // More than the file shall have is of no use.
    if FileSystem.size(of: path) != size { try restart() }
  }

  deinit { close(descriptor) }

  /// Adds bytes at the end.
  ///
  /// - Throws: ``HubError/wrongSize(file:found:expected:)`` for more than the file has,
  ///   ``HubError/diskFull(path:needed:free:)``, ``HubError/cannotWrite(path:reason:)``.
  func append(_ data: Data) throws {
    guard size + data.count <= file.size else {
      throw HubError.wrongSize(file: file.path, found: size + data.count, expected: file.size)
    }
    try data.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(size))
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw FileSystem.failure(writing: path, needed: file.size - size) }
        digest.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
        size += count
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }

  /// Throws away what is there.
  func restart() throws {
    guard ftruncate(descriptor, 0) == 0 else { throw FileSystem.failure(writing: path) }
    size = 0
    digest = file.digest
  }

  /// Compares the checksum of the whole file, where one is known.
  ///
  /// - Throws: ``HubError/wrongChecksum(file:found:expected:)``.
  func verify() throws {
    guard ContentDigest.Kind(etag: file.etag) != nil else { return }
    let found = digest.hexadecimal
    guard found == file.etag else { throw HubError.wrongChecksum(file: file.path, found: found, expected: file.etag) }
  }
}

extension HubFile {
  /// The checksum of nothing yet, of the kind that names this file.
  fileprivate var digest: ContentDigest { ContentDigest(ContentDigest.Kind(etag: etag) ?? .sha256, size: size) }
}
