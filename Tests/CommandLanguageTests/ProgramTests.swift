import CommandLanguage
import Foundation
import Testing

/// Programs with the lines that they are to write, in comments.
///
/// `// expect: text` is a line that is printed or the text of a cell's result, in order.
/// `// expect error: text` is the message of the error that ends a cell; `// expect help: text` its help.
/// `// %%` begins a new cell. Programs with `%` lines end in `.quill`, since Swift's formatter would not read them.
struct ProgramTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Programs")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []).filter {
      $0.hasSuffix(".swift") || $0.hasSuffix(".quill")
    }
    .sorted()

  @Test(arguments: names)
  func program(_ name: String) throws {
    let source = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    let expected = source.split(separator: "\n").compactMap(Self.expectation)
    #expect(!expected.isEmpty, "a program without expectations proves nothing")
    let session = Toy.session()
    var lines: [String] = []
    for cell in source.components(separatedBy: "// %%\n") {
      let output = RecordingOutput()
      var ending: [String] = []
      do {
        if let result = try session.execute(cell: cell, number: 1, output: output) { ending = [result.debugText] }
      } catch {
        ending = error.diagnostics.flatMap { diagnostic in
          ["error: \(diagnostic.problem.message)"] + (diagnostic.problem.help.map { ["help: \($0)"] } ?? [])
        }
      }
      lines +=
        output.text().split(separator: "\n").map(String.init) + ending.flatMap { $0.components(separatedBy: "\n") }
    }
    // Help is checked only where a program asks for it.
    lines.removeAll { $0.hasPrefix("help: ") && !expected.contains($0) }
    #expect(lines == expected)
  }

  @Test func thereAreManyPrograms() {
    #expect(Self.names.count >= 25)
  }

  private static func expectation(_ line: Substring) -> String? {
    for (marker, prefix) in [("// expect error: ", "error: "), ("// expect help: ", "help: "), ("// expect: ", "")] {
      if let range = line.range(of: marker) { return prefix + line[range.upperBound...] }
    }
    return nil
  }
}
