import CommandLanguage
import Figures
import JSONValue

/// A chart, table or other picture as a value: the last expression of a cell shows it.
package struct FigureValue: CommandObject {
  package static let typeName = "Figure"
  private let bundle: [String: JSONValue]

  package init(_ figure: any Figure) { bundle = figure.mimeBundle() }

  package init(bundle: [String: JSONValue]) { self.bundle = bundle }

  package var description: String { bundle["text/plain"]?.string ?? "" }

  package func display() -> [String: JSONValue] { bundle }
}
