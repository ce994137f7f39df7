/// Writes diagnostics as text: plain, with the colours of a terminal, or emphasized alone.
///
/// ```
/// cell 12, line 2
///  2 | tuned.generate("Once", temperature: 0.8, topp: 0.9)
///    |                                          |- error: 'generate' has no parameter 'topp'
///    |                                          `- help: did you mean 'topP'?
/// ```
package struct DiagnosticRenderer: Sendable {
  package enum Emphasis: Sendable {
    case none
    /// Bold text, which is legible on whatever ground a front end puts errors on.
    case bold
    case coloured
  }

  private let emphasis: Emphasis

  package init(_ emphasis: Emphasis = .none) { self.emphasis = emphasis }

  /// All mistakes of a cell, one after another.
  package func text(of error: CellError) -> String {
    error.diagnostics.map(text(of:)).joined(separator: "\n")
  }

  /// One mistake, with its source line where it has a place.
  package func text(of diagnostic: Diagnostic) -> String {
    let lines = messages(of: diagnostic.problem)
    guard let range = diagnostic.range else { return lines.joined(separator: "\n") }
    return (snippet(of: range, with: lines) + diagnostic.calls.map(trace)).joined(separator: "\n")
  }

  private func messages(of problem: Problem) -> [String] {
    let error = paint("error:", .red) + " " + problem.message
    guard let help = problem.help else { return [error] }
    return [error, paint("help:", .cyan) + " " + help]
  }

  private func snippet(of range: SourceRange, with messages: [String]) -> [String] {
    let number = String(range.line)
    let margin = String(repeating: " ", count: number.count + 2)
    let (line, before) = excerpt(of: range)
    let indent = DisplayWidth.blank(asWideAs: before)
    var lines = [
      paint("\(range.file.name), line \(number)", .bold),
      paint(" \(number) |", .faint) + " " + line,
    ]
    for (index, message) in messages.enumerated() {
      let branch = index == messages.count - 1 ? "`-" : "|-"
      lines.append(paint(margin + "|", .faint) + " " + indent + branch + " " + message)
    }
    return lines
  }

  /// The source line, and its part before the place; of a very long line only what is around the place.
  private func excerpt(of range: SourceRange) -> (line: String, before: String) {
    let line = range.file.text(ofLine: range.line)
    let before = range.file.textBefore(range.lower)
    guard line.count > 200 else { return (line, before) }
    let shown = before.count > 80 ? "…" + before.suffix(80) : before
    let rest = line.dropFirst(before.count)
    return (shown + (rest.count > 100 ? rest.prefix(100) + "…" : rest), shown)
  }

  private func trace(_ call: SourceRange) -> String {
    paint("called from \(call.file.name), line \(call.line)", .faint)
  }

  private enum Style: String {
    case bold = "1"
    case faint = "2"
    case red = "1;31"
    case cyan = "1;36"
  }

  private func paint(_ text: String, _ style: Style) -> String {
    if emphasis == .none { return text }
    let shown = emphasis == .bold && style != .faint ? Style.bold : style
    return "\u{1B}[\(shown.rawValue)m\(text)\u{1B}[0m"
  }
}
