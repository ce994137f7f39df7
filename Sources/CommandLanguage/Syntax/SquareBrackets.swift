/// How deep square brackets stand inside one another.
///
/// The Swift parser's time doubles with each level of `[[[[…`, so that a few dozen would stop the kernel; cells that
/// go deeper than anybody writes are not handed to it.
enum SquareBrackets {
  static let limit = 14

  /// The greatest depth in a cell, texts in quotation marks and comments left out.
  static func depth(in text: String) -> Int {
    var (depth, greatest) = (0, 0)
    var isInText = false
    var last: UInt8 = 0
    var isInComment = false
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): (isInComment, isInText) = (false, false)
      case UInt8(ascii: "\"") where last != UInt8(ascii: "\\") && !isInComment: isInText.toggle()
      case UInt8(ascii: "/") where last == byte && !isInText: isInComment = true
      case UInt8(ascii: "[") where !isInText && !isInComment:
        depth += 1
        greatest = max(greatest, depth)
      case UInt8(ascii: "]") where !isInText && !isInComment: depth = max(0, depth - 1)
      default: break
      }
      last = byte
    }
    return greatest
  }
}
