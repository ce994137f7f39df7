import Foundation

/// Where the cursor of a terminal is, counted from where a cell began to write.
struct TerminalCursor: Equatable {
  private(set) var row = 0
  private(set) var column = 0

  /// Follows the cursor over a text that is written.
  mutating func advance(over text: String) {
    let width = Self.size.columns
    for character in text {
      if character.isNewline {
        (row, column) = (row + 1, 0)
      } else if character == "\r" {
        column = 0
      } else {
        let cells = character.isWide ? 2 : 1
        // A terminal wraps only when there is something to write behind the last column.
        if column + cells > width { (row, column) = (row + 1, 0) }
        column += cells
      }
    }
  }

  /// Whether an earlier place is still on the screen.
  func canGoBack(to place: TerminalCursor) -> Bool { row - place.row < Self.size.rows }

  /// The control sequence that moves back to the start of an earlier place's row, as far as the screen goes, and erases what is below.
  mutating func goBack(to place: TerminalCursor) -> String {
    let rows = min(row - place.row, Self.size.rows - 1)
    self = place
    return "\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\u{1B}[J"
  }

  private static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

extension Character {
  /// Whether terminals give it two columns: East Asian wide characters and emoji.
  fileprivate var isWide: Bool {
    guard let scalar = unicodeScalars.first else { return false }
    return switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
