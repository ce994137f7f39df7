import JSONValue

/// Rows and columns of values, as HTML and as aligned text.
package struct Table: Figure, Hashable {
  /// What a column holds and how its numbers are written.
  package struct Column: Sendable, Hashable {
    package enum Best: Sendable, Hashable { case lowest, highest }

    package var title: String
    /// Shown after the title: `size (MiB)`.
    package var unit: String?
    package var format: Format
    /// Which of the column's numbers is printed bold, if one is.
    package var best: Best?
    /// `nil` aligns numbers to the right and words to the left.
    package var alignment: Label.Alignment?

    package init(
      _ title: String, unit: String? = nil, format: Format = .significant(4), best: Best? = nil,
      alignment: Label.Alignment? = nil
    ) {
      self.title = title
      self.unit = unit
      self.format = format
      self.best = best
      self.alignment = alignment
    }

    var heading: String { unit.map { "\(title) (\($0))" } ?? title }
  }

  /// How the numbers of a column become text.
  package enum Format: Sendable, Hashable {
    case significant(Int)
    case fixed(Int)
    /// A fraction of one as percent, with decimals.
    case percent(Int)
    /// A number of bytes in binary units.
    case bytes
    /// A number of seconds.
    case duration
    /// Thousands as k, millions as M.
    case abbreviated

    package func text(_ value: Double) -> String {
      switch self {
      case .significant(let digits): NumberText.significant(value, digits: digits)
      case .fixed(let decimals): NumberText.fixed(value, decimals: decimals)
      case .percent(let decimals): NumberText.percent(value, decimals: decimals)
      case .bytes: Int(exactly: value.rounded()).map(NumberText.bytes) ?? NumberText.significant(value)
      case .duration: NumberText.duration(seconds: value)
      case .abbreviated: NumberText.abbreviated(value)
      }
    }
  }

  /// One value of a row.
  package enum Value: Sendable, Hashable {
    case text(String)
    /// A number with the column's format.
    case number(Double)
    /// A whole number; a column of significant digits shows all its digits.
    case integer(Int)
    /// Nothing to tell, shown as a dash.
    case missing
  }

  package enum Row: Sendable, Hashable {
    case values([Value])
    /// A heading for the rows below it.
    case group(String)
    /// A sum, set off by a line.
    case total([Value])

    var values: [Value]? {
      switch self {
      case .values(let values), .total(let values): values
      case .group: nil
      }
    }
  }

  package var title: String
  package var columns: [Column]
  /// Rows shorter than the columns are filled with dashes; longer ones lose their end.
  package var rows: [Row]
  /// A line below the table.
  package var note: String?
  /// How many rows are shown, the first and the last; what is left out is told.
  package var maximumRows: Int

  package init(title: String = "", columns: [Column], rows: [Row], note: String? = nil, maximumRows: Int = 60) {
    self.title = title
    self.columns = columns
    self.rows = rows
    self.note = note
    self.maximumRows = maximumRows
  }

  /// A table of plain rows.
  package init(title: String = "", columns: [Column], rows: [[Value]], note: String? = nil, maximumRows: Int = 60) {
    self.init(title: title, columns: columns, rows: rows.map { .values($0) }, note: note, maximumRows: maximumRows)
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }
}

extension Table.Value: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(integerLiteral value: Int) { self = .integer(value) }

  /// The number behind the value, `nil` for words.
  var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    case .text, .missing: nil
    }
  }
}
