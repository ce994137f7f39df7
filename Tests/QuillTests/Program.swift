import Foundation
import TestSupport
import Testing

/// The program, run as a person runs it.
struct Program {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The program that was built with these tests.
  static let path = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("quill").path

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - input: What it reads from standard input.
  ///   - interrupt: After how many seconds it gets SIGINT.
  static func run(
    _ arguments: [String], path: String = path, input: String = "", environment: [String: String] = [:],
    interruptAfter interrupt: Double? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let folder = try TemporaryFolder()
    for name in ["in", "out", "err"] { try Data(name == "in" ? input.utf8 : "".utf8).write(to: folder.file(name)) }
    process.standardInput = try FileHandle(forReadingFrom: folder.file("in"))
    process.standardOutput = try FileHandle(forWritingTo: folder.file("out"))
    process.standardError = try FileHandle(forWritingTo: folder.file("err"))
    try process.run()
    if let interrupt {
      Thread.sleep(forTimeInterval: interrupt)
      process.interrupt()
    }
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: try String(contentsOf: folder.file("out"), encoding: .utf8),
      errors: try String(contentsOf: folder.file("err"), encoding: .utf8))
  }
}
