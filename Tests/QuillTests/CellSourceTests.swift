import Testing
import quill

/// How a file is cut into cells.
@Suite struct CellSourceTests {
  @Test func cellsKeepTheLinesOfTheirFile() {
    let cells = CellSource.cells(of: "a\n// %% two\nb\nc\n\n// %%\n\n// %%\nd", from: "f.swift")
    #expect(cells.map(\.name) == ["f.swift", "f.swift", "f.swift"])
    #expect(cells.map(\.text) == ["a", "\n\nb\nc\n", String(repeating: "\n", count: 8) + "d"])
  }

  @Test func codeOfTheCommandLineIsCountedByCells() {
    let cells = CellSource.cells(of: "a\n// %%\nb", from: nil)
    #expect(cells.map(\.name) == ["cell 1", "cell 2"])
    #expect(cells.map(\.text) == ["a", "b"])
  }

  @Test func emptyTextHasNoCells() {
    #expect(CellSource.cells(of: "\n  \n// %%\n", from: "f.swift").isEmpty)
  }
}
