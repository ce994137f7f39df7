/// UTF-8 text, known to be valid, whose scalars are looked at by position.
struct ClassifiedText {
  let bytes: UnsafeBufferPointer<UInt8>
  private let ascii = CharacterClass.ascii

  var count: Int { bytes.count }

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The class of the scalar at `position` and where the next one begins.
  @inline(__always)
  func scalar(at position: Int) -> (class: CharacterClass, next: Int) {
    let byte = bytes[position]
    if byte < 0x80 { return (ascii[Int(byte)], position + 1) }
    return multibyteScalar(at: position)
  }

  /// The end of the run of scalars of one of the `wanted` classes that begins at `position`.
  @inline(__always)
  func endOfRun(of wanted: CharacterClass, from position: Int) -> Int {
    var end = position
    while end < count {
      let (found, next) = scalar(at: end)
      if found.isDisjoint(with: wanted) { break }
      end = next
    }
    return end
  }

  /// The end of the run of scalars of none of the `unwanted` classes that begins at `position`.
  @inline(__always)
  func endOfRun(outside unwanted: CharacterClass, from position: Int) -> Int {
    var end = position
    while end < count {
      let (found, next) = scalar(at: end)
      if !found.isDisjoint(with: unwanted) { break }
      end = next
    }
    return end
  }

  /// Whether there is a scalar at `position` and it is of one of the classes.
  @inline(__always)
  func has(_ classes: CharacterClass, at position: Int) -> Bool {
    position < count && !scalar(at: position).class.isDisjoint(with: classes)
  }

  /// Whether there is a scalar at `position` that `[^\s\p{L}\p{N}]` matches.
  @inline(__always)
  func hasSymbol(at position: Int) -> Bool {
    position < count && scalar(at: position).class.isDisjoint(with: .wordOrSpace)
  }

  /// Where the scalar before `position` begins.
  func start(ofScalarBefore position: Int) -> Int {
    var start = position - 1
    while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
    return start
  }

  /// The scalar that begins at `position`.
  func value(at position: Int) -> Unicode.Scalar {
    let lead = bytes[position]
    if lead < 0x80 { return Unicode.Scalar(lead) }
    return Unicode.Scalar(UInt32(multibyteValue(at: position).value)) ?? "\u{fffd}"
  }

  private func multibyteScalar(at position: Int) -> (class: CharacterClass, next: Int) {
    let (value, length) = multibyteValue(at: position)
    if value < CharacterClass.table.count { return (CharacterClass.table[value], position + length) }
    return (CharacterClass.marksAboveTable.contains(value) ? .mark : [], position + length)
  }

  private func multibyteValue(at position: Int) -> (value: Int, length: Int) {
    let length = UTF8Length.ofScalar(withLead: bytes[position])
    var value = Int(bytes[position]) & (0x7f >> length)
    for offset in 1..<length { value = value << 6 | Int(bytes[position + offset] & 0x3f) }
    return (value, length)
  }
}

/// How many bytes a scalar takes in UTF-8.
enum UTF8Length {
  @inline(__always)
  static func ofScalar(withLead lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4 }
}
