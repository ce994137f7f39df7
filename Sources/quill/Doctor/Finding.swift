/// One line of `quill doctor`.
struct Finding {
  /// What was looked at, such as `model`.
  let subject: String
  /// What was found.
  let text: String
  /// What to do about it, or `nil` when it is as it should be.
  let remedy: String?

  /// Something that is as it should be.
  static func ok(_ subject: String, _ text: String) -> Finding { Finding(subject: subject, text: text, remedy: nil) }

  /// Something that is not.
  static func warn(_ subject: String, _ text: String, remedy: String) -> Finding {
    Finding(subject: subject, text: text, remedy: remedy)
  }

  var line: String {
    let padding = String(repeating: " ", count: max(1, 12 - subject.count))
    let first = (remedy == nil ? "ok    " : "warn  ") + subject + padding + text
    return remedy.map { "\(first)\n\(String(repeating: " ", count: 18))-> \($0)" } ?? first
  }
}
