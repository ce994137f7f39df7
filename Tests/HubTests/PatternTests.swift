import Foundation
import Hub
import Testing

/// `include:` follows Python's fnmatch.
struct PatternTests {
  private static let paths = [
    "[x].txt", "a-Q4_K_M.gguf", "a-q4_k_m.gguf", "b.txt", "sub/a-Q4_K_M.gguf", "sub/deep/c.txt",
  ]

  @Test(arguments: [
    ("*Q4_K_M.gguf", [1, 4]), ("*.txt", [0, 3, 5]), ("?.txt", [3]), ("sub/*", [4, 5]), ("sub/", [4, 5]),
    ("[a-b]*", [1, 2, 3]), ("[!a-b]*", [0, 4, 5]), ("[[]x].txt", [0]), ("*a*a*", []), ("*-*_*_*.*", [1, 2, 4]),
    ("b.txt", [3]), ("*", [0, 1, 2, 3, 4, 5]), ("[", []),
  ])
  func matches(pattern: String, expected: [Int]) throws {
    try HubBench.run(Self.paths.map { FakeHub.File(path: $0, content: Data($0.utf8), isLarge: false) }) { bench in
      let folder = bench.folder + "/here"
      var found: [String] = []
      let error = hubError { found = try bench.hub().download(bench.repository, include: [pattern], to: folder) }
      #expect(found == expected.map { "\(folder)/\(Self.paths[$0])" })
      #expect((error == nil) == !expected.isEmpty)
    }
  }

  @Test func whatIsMeant() throws {
    try HubBench.run([FakeHub.File(path: "model-Q4_K_M.gguf", content: Data())]) { bench in
      func help(_ pattern: String) -> String? {
        hubError { _ = try bench.hub().download(bench.repository, include: [pattern], to: bench.folder) }?.help
      }
      #expect(help("model-Q4_K_L.gguf") == "did you mean 'model-Q4_K_M.gguf'?")
      #expect(help("*q4_k_m.gguf")?.contains("capitals count") == true)
    }
  }
}
