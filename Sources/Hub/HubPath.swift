/// Paths that come from elsewhere: a listing, an index, a cache.
enum HubPath {
  /// Whether a path stays below the folder that it is put into, under the rules of Unix and of Windows.
  static func isSafe(_ path: String) -> Bool {
    guard !path.isEmpty, !path.utf8.contains(0), !path.contains("\\") else { return false }
    return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part != "." && part != ".." && !isDrive(part)
    }
  }

  /// `C:`, which Windows takes for a drive.
  private static func isDrive(_ part: Substring) -> Bool {
    part.utf8.count >= 2 && part.first?.isLetter == true && part.dropFirst().first == ":"
  }
}
