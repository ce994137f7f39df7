import Hub
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore

/// The model of a measurement, and how long it took to get it ready.
struct BenchmarkModel {
  let model: LanguageModel
  private let name: String
  private let quantization: BenchmarkQuantization
  /// Seconds to load the model, without quantizing it.
  let loadSeconds: Double
  private let quantizationSeconds: Double

  /// Loads a model and quantizes its linear layers where that is wanted.
  ///
  /// - Throws: ``BenchmarkFailure`` when there is no such model, and what loading throws.
  init(_ name: String, quantization: BenchmarkQuantization, activations: Activations = .float32) throws {
    let path: String
    do {
      path = try Catalogue.path(of: name)
    } catch {
      throw BenchmarkFailure(description: "\(error)" + (error.help.map { "\nhelp: \($0)" } ?? ""))
    }
    let (loaded, loadSeconds) = try timed { try LanguageModel(ggufPath: path) }
    var (model, seconds) = try timed { quantization == .nf4 ? try loaded.quantized() : loaded }
    // What was quantized is not read again, and would only count as memory until the system takes it back.
    if quantization == .nf4 { loaded.releaseLinearLayers() }
    model.activations = activations
    self.model = model
    self.name = name
    self.quantization = quantization
    self.loadSeconds = loadSeconds
    quantizationSeconds = quantization == .none ? 0 : seconds
  }

  /// What a report says of the model and of the machine; to be asked last, for the peak of memory.
  var description: [String: JSONValue] {
    [
      "model": .string(name), "architecture": .string(model.configuration.architecture.rawValue),
      "parameters": .integer(model.parameterCount), "bytes": .integer(model.byteCount),
      "quantization": .string(quantization.rawValue), "load_s": .number(loadSeconds),
      "quantize_s": .number(quantizationSeconds), "threads": .integer(ThreadPool.shared.threads),
      "isa": .string(InstructionSet.current.name), "openblas_core": .string(MatrixProduct.coreName),
      "processor": .string(Processor.current.name), "version": .string(Version.current),
      "peak_mib": .number(ResidentMemory.peak),
    ]
  }
}

extension LanguageModel {
  /// Gives the file's pages behind the linear layers back.
  fileprivate func releaseLinearLayers() {
    for block in blocks {
      for layer in LinearLayer.allCases {
        block[layer].releasePages()
      }
    }
  }
}

/// Runs `work` and says how many seconds it took.
func timed<Value>(_ work: () throws -> Value) rethrows -> (value: Value, seconds: Double) {
  let start = ContinuousClock.now
  let value = try work()
  return (value, (ContinuousClock.now - start) / .seconds(1))
}

/// The middle value, or the mean of the two in the middle; `values` must not be empty.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
