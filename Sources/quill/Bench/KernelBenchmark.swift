import ArgumentParser
import JSONValue
import LanguageModels
import Quantization
import TensorCore

/// `quill bench kernels`: one product with a weight matrix, against the bound of memory and that of arithmetic.
struct KernelBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "The time of one product with a weight matrix, against the roofline.",
    discussion: """
      y = x W for W of --rows by --columns and some tokens. The matrices of a measurement are together larger than the \
      caches, as a model's are. share_of_read is the weights' bytes a second against a plain read, share_of_peak the \
      operations a second against a loop in registers: what is near 1 bounds the product.
      """)

  @OptionGroup var options: MachineOptions

  @Option(help: "A format of ggml such as q4_K, or nf4 or int8.")
  var format = "q4_K"

  @Option(help: "The rows of the matrix: its outputs.")
  var rows = 2048

  @Option(help: "The columns of the matrix: its inputs.")
  var columns = 2048

  @Option(help: "The tokens; several numbers with commas between them.")
  var tokens = NumberList([1, 512])

  @Option(help: "What flows into the product: int8 or float32.")
  var activations = BenchmarkActivations.int8

  @Option(help: "How often each is measured.")
  var repetitions = 5

  func validate() throws {
    if rows < 1 || columns < 1 || repetitions < 1 || tokens.numbers.contains(where: { $0 < 1 }) {
      throw ValidationError("--rows, --columns, --tokens and --repetitions are at least 1")
    }
  }

  func run() throws {
    try options.prepare()
    let first = try BenchmarkWeights.matrix(rows: rows, columns: columns, format: format)
    // As many bytes as leave nothing in the caches, and as few products as a second takes.
    let copies = max(1, min(64, (128 << 20) / first.byteCount))
    let weights =
      try [first]
      + (1..<copies).map { _ in
        try BenchmarkWeights.matrix(rows: rows, columns: columns, format: format)
      }
    let measured = tokens.numbers.map { ($0, seconds(of: weights, tokens: $0)) }
    let roofline = Roofline.measured()
    report([
      "format": .string(first.formatName), "rows": .integer(rows), "columns": .integer(columns),
      "activations": .string(activations.rawValue), "threads": .integer(ThreadPool.shared.threads),
      "isa": .string(InstructionSet.current.name), "bytes": .integer(bytes(of: first)),
      "interleaved": .bool(first.interleaved != nil), "roofline": roofline.report,
      "products": .array(measured.map { .object(product(first, tokens: $0, seconds: $1, roofline)) }),
    ])
  }

  /// The seconds of one product, each the mean over all matrices in turn.
  private func seconds(of weights: [WeightMatrix], tokens: Int) -> [Double] {
    let (x, y) = (Matrix(rows: tokens, columns: columns), Matrix(rows: tokens, columns: rows))
    for index in 0..<x.view.count { x.view.base[index] = Float(index % 97) / 48 - 1 }
    let rounding = RoundedActivations()
    let used = tokens < 16 ? weights : Array(weights.prefix(4))
    func all() {
      for weight in used {
        switch activations {
        case .int8: CPUBackend.shared.multiply(x.view, by: [weight], into: [y.view], rounding: rounding)
        case .float32: CPUBackend.shared.multiply(x.view, by: weight, into: y.view)
        }
      }
    }
    all()
    return (0..<repetitions).map { _ in timed(all).seconds / Double(used.count) }
  }

  private func bytes(of weight: WeightMatrix) -> Int {
    activations == .int8 ? weight.interleaved?.byteCount ?? weight.byteCount : weight.byteCount
  }

  private func product(
    _ weight: WeightMatrix, tokens: Int, seconds: [Double], _ roofline: Roofline
  ) -> [String: JSONValue] {
    let time = median(seconds)
    let isInBytes = activations == .int8 && weight.interleaved != nil
    let (readRate, rate) = (Double(bytes(of: weight)) / time, 2 * Double(weight.count) * Double(tokens) / time)
    let usesMatrixUnit = activations == .int8 && CPUBackend.shared.fusesProducts(ofRows: tokens)
    let peak = (usesMatrixUnit ? roofline.bfloat16 : isInBytes ? roofline.int8 : roofline.float32).rate
    return [
      "tokens": .integer(tokens), "product_s": .number(time), "gb_s": .number(readRate / 1e9),
      "share_of_read": .number(readRate / roofline.readRate), "gop_s": .number(rate / 1e9),
      "share_of_peak": peak.map { .number(rate / $0) } ?? .null, "all_s": .array(seconds.map { .number($0) }),
    ]
  }
}
