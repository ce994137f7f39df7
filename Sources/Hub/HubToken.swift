/// The secret that proves who asks.
///
/// Its description leaves it out, so that it comes into no message and no log.
struct HubToken: Sendable {
  /// Where it was found: the name of a variable or the path of a file.
  let source: String
  private let secret: String

  /// Takes a written token without the space and the line ends around it; `nil` when nothing is left.
  init?(_ text: String, source: String) {
    let secret = text.filter { $0 != "\r" && $0 != "\n" && $0 != "\r\n" && $0 != " " && $0 != "\t" }
    guard !secret.isEmpty, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    self.secret = secret
    self.source = source
  }

  /// The value of the header field `Authorization`.
  var authorization: String { "Bearer " + secret }
}

extension HubToken: CustomStringConvertible, CustomReflectable {
  var description: String { "token of \(source)" }
  var customMirror: Mirror { Mirror(self, children: ["source": source]) }
}
