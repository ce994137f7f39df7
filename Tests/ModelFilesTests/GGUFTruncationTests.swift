import ModelFiles
import TensorCore
import TestSupport
import Testing

/// A real file that is cut off, at every place of its header and at many of its data.
struct GGUFTruncationTests {
  @Test func everyByteOfTheHeader() throws {
    let whole = try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))
    for length in 0..<whole.dataOffset {
      let error = #expect(throws: GGUFError.self) {
        try GGUFFile(path: "m.gguf", bytes: Bytes(whole.bytes[0..<length].array(of: UInt8.self)))
      }
      guard let reason = error?.reason else { continue }
      switch reason {
      case .notGGUF: #expect(length < 4)
      // A count or a size is compared with the size of the file, so it may be the first to be noticed.
      case .truncated, .absurd: #expect(length >= 4)
      case .tensorOutOfFile(_, let end, let size):
        // Only the padding behind the header is missing.
        #expect(length > whole.dataOffset - 32 && size == UInt64(length) && end == lastByte(of: whole))
      default: Issue.record("\(length) bytes: \(reason)")
      }
    }
  }

  @Test func data() throws {
    let whole = try GGUFFile(path: Fixtures.path("tiny-llama.gguf"))
    let last = Int(lastByte(of: whole))
    for length in Array(stride(from: whole.dataOffset, to: last, by: 997)) + [last - 1] {
      let cut = try #require(whole.tensors.first { $0.range.upperBound > length })
      expect(
        .tensorOutOfFile(tensor: cut.name, end: UInt64(last), size: UInt64(length)),
        readingGGUF: whole.bytes[0..<length].array(of: UInt8.self))
    }
  }

  private func lastByte(of file: GGUFFile) -> UInt64 { UInt64(file.tensors.map(\.range.upperBound).max() ?? 0) }
}
