import ArgumentParser
import JSONValue

/// `quill bench`: measurements as JSON.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure this computer; the result is JSON on stdout.",
    subcommands: [
      InferenceBenchmark.self, TrainingBenchmark.self, QuantizationBenchmark.self, KernelBenchmark.self,
    ])
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
