import CommandLanguage

/// Runs engine work, and turns its cancellation into the language's interruption.
func interruptible<Result>(_ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch is CancellationError {
    throw Interruption()
  }
}
