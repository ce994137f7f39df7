import Foundation

/// Runs `body` with the path of a file that has these bytes and is gone afterwards.
func withFile<Result>(
  _ bytes: some Sequence<UInt8>, extension ending: String = "csv", _ body: (String) throws -> Result
) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(ending)")
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

func withFile<Result>(_ text: String, extension ending: String = "csv", _ body: (String) throws -> Result) throws
  -> Result
{
  try withFile(Array(text.utf8), extension: ending, body)
}
