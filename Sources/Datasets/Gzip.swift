import CZlib

/// Reads gzip and zlib data.
///
/// - SeeAlso: RFC 1952, RFC 1950.
enum Gzip {
  /// A window of 32 KiB, and either header is recognised.
  private static let windowBits: Int32 = 15 + 32

  /// Unpacks data whose length is known; several members one after the other are one text.
  ///
  /// - Returns: How many bytes were written, or -1 when the data is damaged or longer than `target`.
  static func inflate(_ bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Int {
    var stream = z_stream()
    guard begin(&stream) else { return -1 }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
    stream.avail_in = UInt32(clamping: bytes.count)
    stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.avail_out = UInt32(clamping: target.count)
    while true {
      guard CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END else { return -1 }
      if stream.avail_in == 0 { return target.count - Int(stream.avail_out) }
      guard inflateReset(&stream) == Z_OK else { return -1 }
    }
  }

  /// Unpacks a whole file.
  ///
  /// - Returns: The bytes, or `nil` when the data is damaged or longer than `limit`.
  static func inflated(_ bytes: UnsafeRawBufferPointer, limit: Int) -> [UInt8]? {
    var stream = z_stream()
    guard begin(&stream) else { return nil }
    defer { inflateEnd(&stream) }
    stream.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
    stream.avail_in = UInt32(clamping: bytes.count)
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let status = piece.withUnsafeMutableBufferPointer { piece in
        stream.next_out = piece.baseAddress
        stream.avail_out = UInt32(piece.count)
        return CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      text += piece[..<(piece.count - Int(stream.avail_out))]
      guard text.count <= limit else { return nil }
      switch status {
      case Z_STREAM_END where stream.avail_in == 0: return text
      case Z_STREAM_END:
        guard inflateReset(&stream) == Z_OK else { return nil }
      case Z_OK where stream.avail_in > 0 || stream.avail_out == 0: continue
      default: return nil
      }
    }
  }

  private static func begin(_ stream: inout z_stream) -> Bool {
    inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }
}
