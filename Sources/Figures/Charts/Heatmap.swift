import Foundation

/// A matrix as coloured cells: attention, errors, weights.
package struct Heatmap: ChartFigure, Hashable {
  /// What one cell shows of several numbers when a matrix is too large to show each.
  package enum Reduction: String, Sendable, Hashable { case mean, maximum }

  package var matrix: Matrix
  /// Names of rows and columns, such as tokens; the places in the matrix when `nil`.
  package var rowLabels: [String]?
  package var columnLabels: [String]?
  package var rowTitle: String
  package var columnTitle: String
  /// What a colour means, with its unit.
  package var valueTitle: String
  package var colors: ColorScale.Colors
  package var isLogarithmic: Bool
  package var reduction: Reduction
  package var title: String

  package init(
    _ matrix: Matrix, rowLabels: [String]? = nil, columnLabels: [String]? = nil, rowTitle: String = "row",
    columnTitle: String = "column", valueTitle: String = "value", colors: ColorScale.Colors = .sequential,
    isLogarithmic: Bool = false, reduction: Reduction = .mean, title: String = ""
  ) {
    self.matrix = matrix
    self.rowLabels = rowLabels
    self.columnLabels = columnLabels
    self.rowTitle = rowTitle
    self.columnTitle = columnTitle
    self.valueTitle = valueTitle
    self.colors = colors
    self.isLogarithmic = isLogarithmic
    self.reduction = reduction
    self.title = title
  }

  package var chart: Chart {
    let (rowsPerCell, columnsPerCell) = (cellSize(matrix.rows), cellSize(matrix.columns))
    let shown = matrix.reduced(rowsPerCell: rowsPerCell, columnsPerCell: columnsPerCell, by: reduction)
    let isReduced = rowsPerCell > 1 || columnsPerCell > 1
    let part = "\(NumberText.count(matrix.rows)) × \(NumberText.count(matrix.columns))"
    return Chart(
      title: title,
      note: isReduced ? "each cell is the \(reduction.rawValue) of \(rowsPerCell) × \(columnsPerCell) of \(part)" : nil,
      size: size(rows: shown.rows, columns: shown.columns),
      x: axis(columnLabels, count: shown.columns, of: matrix.columns, title: columnTitle, isReversed: false),
      y: axis(rowLabels, count: shown.rows, of: matrix.rows, title: rowTitle, isReversed: true),
      layers: [Layer(.cells(shown))], colorScale: colorScale(shown))
  }

  /// No more cells than this in either direction.
  private static let largestSide = 96

  private func cellSize(_ count: Int) -> Int { max(1, (count + Self.largestSide - 1) / Self.largestSide) }

  private func axis(_ labels: [String]?, count: Int, of all: Int, title: String, isReversed: Bool) -> Axis {
    if let labels, labels.count == count {
      var axis = Axis.categories(labels, title: title, isReversed: isReversed, maximumLabels: 40)
      // About 6.5 pixels a letter; Vega-Lite would let the words overlap.
      let longest = labels.map { TextLayout.width($0) }.max() ?? 0
      axis.labelsAreTurned = !isReversed && Double(longest) * 6.5 + 6 > side(rows: matrix.rows, columns: matrix.columns)
      return axis
    }
    // Ticks are labelled by places in the matrix and sit at places in what is shown.
    let perCell = Double(cellSize(all))
    var axis = Axis.covering([0, Double(max(1, all - 1))], title: title, isRounded: false, tickCount: 8)
    axis.ticks = axis.ticks.filter { $0.value == $0.value.rounded() }
    axis.ticks = axis.ticks.map { Tick(value: (($0.value + 0.5) / perCell) - 0.5, label: $0.label) }
    axis.domain = -0.5...max(0.5, Double(count) - 0.5)
    axis.hasGrid = false
    axis.isReversed = isReversed
    return axis
  }

  private func colorScale(_ shown: Matrix) -> ColorScale {
    var axis = Axis.covering(
      shown.values, title: valueTitle, scale: isLogarithmic ? .logarithmic : .linear, isRounded: false, tickCount: 5)
    if colors == .diverging, !isLogarithmic {
      let reach = max(abs(axis.domain.lowerBound), abs(axis.domain.upperBound))
      axis = Axis.covering([-reach, reach], title: valueTitle, isRounded: false, tickCount: 5)
    }
    return ColorScale(colors: colors, axis: axis)
  }

  /// The side of a cell in pixels, as large as the standard width allows.
  private func side(rows: Int, columns: Int) -> Double {
    min(28.0, 460.0 / Double(max(1, columns)), 460.0 / Double(max(1, rows)))
  }

  private func size(rows: Int, columns: Int) -> Size {
    let side = side(rows: rows, columns: columns)
    let width = max(120, side * Double(columns)) + 190
    let height = max(90, side * Double(rows)) + 100
    return Size(width: Int(width.rounded()), height: Int(height.rounded()))
  }
}

extension Matrix {
  /// A smaller matrix, each of whose values stands for a block of this one.
  func reduced(rowsPerCell: Int, columnsPerCell: Int, by reduction: Heatmap.Reduction) -> Matrix {
    guard rowsPerCell > 1 || columnsPerCell > 1 else { return self }
    let (newRows, newColumns) = (
      (rows + rowsPerCell - 1) / rowsPerCell, (columns + columnsPerCell - 1) / columnsPerCell
    )
    var result: [Double] = []
    result.reserveCapacity(newRows * newColumns)
    for row in 0..<newRows {
      for column in 0..<newColumns {
        var (sum, largest, count) = (0.0, -Double.infinity, 0)
        for r in row * rowsPerCell..<min(rows, (row + 1) * rowsPerCell) {
          for c in column * columnsPerCell..<min(columns, (column + 1) * columnsPerCell) where self[r, c].isFinite {
            sum += self[r, c]
            largest = max(largest, self[r, c])
            count += 1
          }
        }
        result.append(count == 0 ? .nan : reduction == .mean ? sum / Double(count) : largest)
      }
    }
    return Matrix(rows: newRows, columns: newColumns, values: result)
  }
}
