import Foundation
import JupyterProtocol
import Testing

@Suite struct MessageSignerTests {
  static let key = "a0436f6c-1916-498b-8eb9-e81ab9368e84"
  static let header =
    #"{"msg_id":"1","msg_type":"kernel_info_request","session":"s","username":"u","date":"2026-11-23T12:00:00.000000Z","version":"5.5"}"#
  static let parts = [header, "{}", "{}", "{}"].map { Data($0.utf8) }
  /// By Python's `hmac.new(key, header + b"{}{}{}", hashlib.sha256).hexdigest()`.
  static let golden = Data("e17c072b17bc09d53c199a4907c898da260022422435a6c2470e2c7b299c4d43".utf8)

  @Test func signsAsPythonDoes() {
    #expect(MessageSigner(key: Self.key).signature(of: Self.parts) == Self.golden)
    #expect(MessageSigner(key: Self.key).verifies(Self.golden, of: Self.parts))
  }

  @Test func acceptsUpperCase() {
    let upper = Data(String(decoding: Self.golden, as: UTF8.self).uppercased().utf8)
    #expect(MessageSigner(key: Self.key).verifies(upper, of: Self.parts))
  }

  @Test(arguments: ["", "zz", String(repeating: "0", count: 64), String(repeating: "z", count: 64)])
  func rejects(signature: String) {
    #expect(!MessageSigner(key: Self.key).verifies(Data(signature.utf8), of: Self.parts))
  }

  @Test func rejectsEverySingleChange() {
    let signer = MessageSigner(key: Self.key)
    for index in Self.golden.indices {
      var changed = Self.golden
      changed[index] ^= 1
      #expect(!signer.verifies(changed, of: Self.parts))
    }
    #expect(!signer.verifies(Self.golden, of: Self.parts.reversed()))
    #expect(!MessageSigner(key: "another").verifies(Self.golden, of: Self.parts))
  }

  @Test func anEmptyKeyTurnsSigningOff() {
    #expect(MessageSigner(key: "").signature(of: Self.parts).isEmpty)
    #expect(MessageSigner(key: "").verifies(Data("anything".utf8), of: Self.parts))
  }
}
