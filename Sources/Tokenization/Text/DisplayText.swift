/// Bytes as text for people: characters where there are whole ones, `<0xE2>` for every other byte.
enum DisplayText {
  static func of(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var position = bytes.startIndex
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        text.unicodeScalars.append(Unicode.UTF8.decode(encoded))
        position += encoded.count
      case .error(let length):
        for byte in bytes[position..<position + length] {
          let digits = String(byte, radix: 16, uppercase: true)
          text += "<0x" + (digits.count == 1 ? "0" : "") + digits + ">"
        }
        position += length
      case .emptyInput:
        return text
      }
    }
  }
}
