import Foundation
import Hub
import Synchronization
import TestSupport

/// A cache of its own in a temporary folder, and the hub that fills it.
struct HubBench {
  let fake: FakeHub
  let folder: String
  let waits = WaitLog()

  /// Runs a test with a hub that has these files; the folder is removed afterwards.
  static func run(
    _ files: [FakeHub.File], name: String = "user/repo", _ body: (HubBench) throws -> Void
  ) throws {
    try run(FakeHub.Repository(path: name, commit: commit, files: files), body)
  }

  static func run(_ repository: FakeHub.Repository, _ body: (HubBench) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let fake = try FakeHub(repository)
    defer { fake.stop() }
    try body(HubBench(fake: fake, folder: folder.path))
  }

  static let commit = String(repeating: "c0", count: 20)

  var environment: [String: String] {
    ["HF_ENDPOINT": fake.endpoint, "HF_HOME": folder + "/home", "HOME": folder]
  }

  /// A client that does not wait between tries, and notes how long it would have.
  func hub(_ more: [String: String] = [:]) -> HuggingFaceHub {
    let waits = waits
    return HuggingFaceHub(environment: environment.merging(more) { $1 }) { seconds, _ in waits.add(seconds) }
  }

  var repository: HubRepository { HubRepository(name: "user/repo") }
  /// The repository's folder in the cache.
  var cache: String { folder + "/home/hub/models--user--repo" }

  func content(_ path: String) -> Data? { FileManager.default.contents(atPath: path) }

  /// The paths below a folder, sorted; with `→ target` for links.
  static func tree(_ folder: String) -> [String] {
    let files = FileManager.default
    let paths = files.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return paths.sorted().map { path in
      (try? files.destinationOfSymbolicLink(atPath: "\(folder)/\(path)")).map { "\(path) → \($0)" } ?? path
    }
  }
}

/// The seconds that were waited, in order.
final class WaitLog: Sendable {
  private let log = Mutex<[Double]>([])
  func add(_ seconds: Double) { log.withLock { $0.append(seconds) } }
  var seconds: [Double] { log.withLock { $0 } }
}

/// Bytes that look random and are the same each time (SplitMix64).
func noise(_ count: Int, seed: UInt64 = 1) -> Data {
  var state = seed
  var bytes = [UInt8](repeating: 0, count: count)
  for index in bytes.indices {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    bytes[index] = UInt8(truncatingIfNeeded: word ^ (word >> 31))
  }
  return Data(bytes)
}

/// The error that a call ends in, or `nil`.
func hubError(_ body: () throws -> Void) -> HubError? {
  do {
    try body()
    return nil
  } catch {
    return error as? HubError
  }
}
