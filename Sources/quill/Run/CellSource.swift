/// One cell of a file.
package struct CellSource: Equatable {
  /// What errors call the place: the file, or `cell 1` for code of the command line.
  package let name: String
  /// The text of the cell behind as many empty lines as stand before it in its file, so that errors count as the file does.
  package let text: String

  /// Splits a text at the lines that begin with `// %%`, as VS Code and Jupytext do; cells without code are left out.
  ///
  /// - Parameter file: The file's name, or `nil` for code of the command line.
  package static func cells(of text: String, from file: String?) -> [CellSource] {
    var cells: [CellSource] = []
    var lines: [Substring] = []
    var first = 0
    func finish() {
      guard lines.contains(where: { !$0.allSatisfy(\.isWhitespace) }) else { return }
      let padding = file == nil ? "" : String(repeating: "\n", count: first)
      cells.append(CellSource(name: file ?? "cell \(cells.count + 1)", text: padding + lines.joined(separator: "\n")))
    }
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("// %%") {
        finish()
        (lines, first) = ([], number + 1)
      } else {
        lines.append(line)
      }
    }
    finish()
    return cells
  }
}
