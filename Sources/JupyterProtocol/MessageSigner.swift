import Crypto
import Foundation

/// Signs and verifies messages with HMAC-SHA256, as the connection file asks for.
///
/// An empty key turns both off: signatures are then empty and everything verifies.
public struct MessageSigner: Sendable {
  /// The start of every signature: the key has been taken in and no message yet.
  private let keyed: HMAC<SHA256>?

  public init(key: String) {
    keyed = key.isEmpty ? nil : HMAC<SHA256>(key: SymmetricKey(data: Data(key.utf8)))
  }

  /// The signature of `parts` (header, parent header, metadata, content) as lower-case hexadecimal text.
  public func signature(of parts: some Sequence<Data>) -> Data {
    guard let keyed else { return Data() }
    var text = Data(capacity: SHA256.byteCount * 2)
    for byte in code(of: parts, keyed) {
      text.append(Self.digits[Int(byte >> 4)])
      text.append(Self.digits[Int(byte & 15)])
    }
    return text
  }

  /// Whether `signature` belongs to `parts`, compared in constant time.
  public func verifies(_ signature: Data, of parts: some Sequence<Data>) -> Bool {
    guard let keyed else { return true }
    guard let claimed = Self.bytes(ofHexadecimal: signature) else { return false }
    // `==` of an authentication code takes the same time wherever the two differ.
    return code(of: parts, keyed) == claimed
  }

  private func code(of parts: some Sequence<Data>, _ keyed: HMAC<SHA256>) -> HMAC<SHA256>.MAC {
    var authentication = keyed
    for part in parts { authentication.update(data: part) }
    return authentication.finalize()
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func bytes(ofHexadecimal text: Data) -> Data? {
    let values = text.map { hexadecimalValue(of: $0) }
    guard values.count == SHA256.byteCount * 2 else { return nil }
    var bytes = Data(capacity: SHA256.byteCount)
    for index in stride(from: 0, to: values.count, by: 2) {
      guard let high = values[index], let low = values[index + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func hexadecimalValue(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
