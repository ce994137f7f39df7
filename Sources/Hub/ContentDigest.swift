import Crypto
import Foundation

/// The checksum by which the hub names a content: SHA-256 for large files, the SHA-1 of a git blob for small ones.
struct ContentDigest {
  enum Kind {
    case sha256
    case gitBlob

    /// Which of the two an ETag is; `nil` when neither.
    init?(etag: String) {
      let isHexadecimal = etag.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      switch (isHexadecimal, etag.utf8.count) {
      case (true, 64): self = .sha256
      case (true, 40): self = .gitBlob
      default: return nil
      }
    }
  }

  private enum State {
    case sha256(SHA256)
    case sha1(Insecure.SHA1)
  }

  private var state: State

  /// - Parameter size: Bytes of the whole content; git hashes them first.
  init(_ kind: Kind, size: Int) {
    switch kind {
    case .sha256: state = .sha256(SHA256())
    case .gitBlob:
      var sha1 = Insecure.SHA1()
      sha1.update(data: Data("blob \(size)\0".utf8))
      state = .sha1(sha1)
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .sha256(var hash):
      hash.update(bufferPointer: bytes)
      state = .sha256(hash)
    case .sha1(var hash):
      hash.update(bufferPointer: bytes)
      state = .sha1(hash)
    }
  }

  /// The checksum of what came so far, in lower-case hexadecimal digits.
  var hexadecimal: String {
    switch state {
    case .sha256(let hash): Self.digits(hash.finalize())
    case .sha1(let hash): Self.digits(hash.finalize())
    }
  }

  /// The checksum of the content of a file that lies on this computer; `nil` when it cannot be read.
  ///
  /// - Throws: `CancellationError`.
  static func of(_ path: String, _ kind: Kind, isCancelled: () -> Bool) throws -> String? {
    guard let size = FileSystem.size(of: path), let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    var digest = ContentDigest(kind, size: size)
    while let piece = try? file.read(upToCount: 1 << 20), !piece.isEmpty {
      if isCancelled() { throw CancellationError() }
      piece.withUnsafeBytes { digest.update($0) }
    }
    return digest.hexadecimal
  }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
