import ArgumentParser
import Foundation
import JSONValue

/// `quill bench`: measurements as JSON.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this computer; the result is JSON on stdout.",
    subcommands: [InferenceBenchmark.self, TrainingBenchmark.self, QuantizationBenchmark.self])
}

/// What every measurement takes.
struct BenchmarkOptions: ParsableArguments {
  @Option(help: "A model of the catalogue, or a GGUF file.")
  var model = "smollm2-135m"

  @Option(help: "How many threads compute; all processors by default.")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...256).contains(threads) { throw ValidationError("--threads goes from 1 to 256") }
  }

  /// Sets the number of threads; must come before anything is computed, because the pool is made at its first use.
  func prepare() {
    if let threads { setenv("QUILL_THREADS", String(threads), 1) }
  }
}

/// Into which format the linear layers are brought before a measurement.
enum BenchmarkQuantization: String, ExpressibleByArgument, CaseIterable {
  /// As the file has them.
  case none
  case nf4
}

/// An option that does not fit the model.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
}

/// Writes a measurement, with sorted keys.
func report(_ members: [String: JSONValue]) {
  print(String(decoding: JSONValue.object(members).serialized(pretty: true), as: UTF8.self))
}
