/// Why a file could not be opened or written.
package struct FileError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    case notARegularFile
    case empty
    /// An error number of the operating system.
    case system(Int32)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  package init(path: String, code: Int32) { self.init(path: path, reason: .system(code)) }
}
