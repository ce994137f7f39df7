import TestSupport

/// Runs `body` with the path of a file that has these bytes and is gone afterwards.
func withFile<Result>(
  _ bytes: some Sequence<UInt8>, extension ending: String = "csv", _ body: (String) throws -> Result
) throws -> Result {
  let folder = try TemporaryFolder()
  return try body(folder.write(bytes, to: "rows.\(ending)"))
}

func withFile<Result>(_ text: String, extension ending: String = "csv", _ body: (String) throws -> Result) throws
  -> Result
{
  try withFile(text.utf8, extension: ending, body)
}
