import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// Expects exactly this error from reading bytes as a GGUF file.
func expect(
  _ reason: GGUFError.Reason, readingGGUF bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(throws: GGUFError(path: "m.gguf", reason: reason), sourceLocation: sourceLocation) {
    try GGUFFile(path: "m.gguf", bytes: Bytes(bytes))
  }
}

/// Expects exactly this error from reading a small file with something wrong in it.
func expect(
  _ reason: GGUFError.Reason, sourceLocation: SourceLocation = #_sourceLocation,
  spoiling change: (inout GGUFBuilder) -> Void
) {
  var builder = GGUFBuilder.small
  change(&builder)
  expect(reason, readingGGUF: builder.file, sourceLocation: sourceLocation)
}
