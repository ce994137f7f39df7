import Foundation
import JSONValue

/// A figure that a notebook, a web page and a terminal can each show in their own way.
///
/// Figures are values: showing one twice gives the same bytes, and a live figure is a new value at each update.
package protocol Figure: Sendable {
  /// The figure as data keyed by MIME type, always with a `text/plain` form; images are base64 text.
  func mimeBundle() -> [String: JSONValue]
}

/// A figure made of marks on two axes.
///
/// The bundle of a chart has no `text/html`, because JupyterLab would show that in place of the Vega-Lite chart.
package protocol ChartFigure: Figure {
  /// The marks and scales from which the Vega-Lite, PNG and text forms are made.
  var chart: Chart { get }
}

extension ChartFigure {
  package func mimeBundle() -> [String: JSONValue] { chart.mimeBundle() }
}

extension Chart: Figure {
  package func mimeBundle() -> [String: JSONValue] {
    [
      "application/vnd.vegalite.v5+json": vegaLite(),
      "image/png": .string(png().base64EncodedString()),
      "text/plain": .string(text()),
    ]
  }
}
