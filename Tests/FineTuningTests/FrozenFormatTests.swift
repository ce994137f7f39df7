import FineTuning
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Adapters are trained over weights in any format that loads: loss and gradients are those over the same numbers in float32.
struct FrozenFormatTests {
  @Test(arguments: BlockFormat.allCases)
  func ggmlFormats(format: BlockFormat) throws {
    let configuration = Self.configuration(hiddenSize: 256, feedForwardSize: 512, headSize: 64)
    let blocks = try ggmlBlocks(format)
    let model = try model(configuration) { index, layer in
      let shape = configuration.shape(of: layer)
      return weight(shape.rows, shape.columns, format, blocks, seed: UInt64(index * 7 + layer.rawValue))
    }
    try expectSameTraining(over: model, format.name)
  }

  @Test(arguments: ["nf4", "nf4-double", "fp4", "int8", "gptq", "gptq-act", "gptq-v2", "gptq-8bit", "awq"])
  func checkpoints(name: String) throws {
    let configuration = Self.configuration(hiddenSize: 128, feedForwardSize: 96, headSize: 32)
    let folder = try HuggingFaceFolder(path: Fixtures.path("checkpoints/\(name)"))
    let quantization = try CheckpointQuantization(folder.configuration)
    let model = try model(configuration) { _, layer in
      let shape = configuration.shape(of: layer)
      return try folder.matrix(layer.path(inBlock: 0), rows: shape.rows, columns: shape.columns, quantization)
    }
    try expectSameTraining(over: model, name)
  }

  private func expectSameTraining(over base: LanguageModel, _ name: String) throws {
    for isWeightDecomposed in [false, true] {
      let lora = LoRA(
        rank: 3, alpha: 6, targets: Set(LinearLayer.allCases), isWeightDecomposed: isWeightDecomposed)
      var packed = try base.attaching(lora, seed: 4)
      for (index, matrix) in AdapterGradients.matrices(of: try #require(packed.adapter).pairs).enumerated()
      where matrix.rows > 1 {
        matrix.view.copy(from: randomMatrix(matrix.rows, matrix.columns, seed: UInt64(index), scale: 0.1).view)
      }
      var plain = packed
      for index in plain.blocks.indices {
        for layer in LinearLayer.allCases {
          plain.blocks[index][layer] = WeightMatrix(packed.blocks[index][layer].decoded())
        }
      }
      packed.activations = .float32
      let (loss, gradients) = try train(packed)
      let (expectedLoss, expected) = try train(plain)
      #expect(loss.isFinite && abs(loss - expectedLoss) < 2e-4 * abs(expectedLoss), "\(name)")
      // A layer whose gradient is a millionth of the others' has only their rounding in it.
      let largestOfAll = expected.matrices.flatMap(\.values).map(abs).max() ?? 0
      for (gradient, other) in zip(gradients.matrices, expected.matrices) {
        let largest = other.values.map(abs).max() ?? 0
        #expect(largest > 0, "\(name)")
        #expect(
          largestDifference(gradient.values, other.values) <= max(2e-3 * largest, 1e-6 * largestOfAll), "\(name)")
      }
    }
  }

  private func train(_ model: LanguageModel) throws -> (Double, AdapterGradients) {
    let gradients = AdapterGradients(like: try #require(model.adapter))
    let ids = (0..<26).map { $0 * 7 % 90 }
    let batch = TrainingBatch([Array(ids[..<15]), Array(ids[15...])], rows: [0, 1])
    let loss = try TrainingPass(model, maxLength: 16).run(batch, denominator: batch.labelCount, gradients: gradients)
    return (loss, gradients)
  }

  private static func configuration(hiddenSize: Int, feedForwardSize: Int, headSize: Int) -> ModelConfiguration {
    ModelConfiguration(
      architecture: .llama, name: "frozen", blockCount: 2, hiddenSize: hiddenSize, feedForwardSize: feedForwardSize,
      headCount: 4, keyValueHeadCount: 2, headSize: headSize, vocabularySize: 384, contextLength: 64,
      normEpsilon: 1e-5, ropeBase: 1e4)
  }

  /// A Llama of two blocks with these linear layers.
  private func model(
    _ configuration: ModelConfiguration, weight: (Int, LinearLayer) throws -> WeightMatrix
  ) throws -> LanguageModel {
    let size = configuration.hiddenSize
    return LanguageModel(
      configuration: configuration,
      tokenizer: try LanguageModel(path: Fixtures.path("tiny-llama.gguf")).tokenizer,
      tokenEmbedding: WeightMatrix(randomMatrix(384, size, seed: 1, scale: 0.5)),
      blocks: try (0..<2).map { index in
        try TransformerBlock(
          weight: { try weight(index, $0) }, bias: { _ in [] },
          // Small, as ggml's blocks are larger than weights: attention that is sure of one key leaves q and k no gradient but
          // rounding.
          gain: { Architecture.llama.norms.contains($0) ? [Float](repeating: 0.02, count: size) : [] })
      }, outputNorm: [Float](repeating: 1, count: size), outputHead: nil, path: "")
  }

  private func weight(
    _ rows: Int, _ columns: Int, _ format: BlockFormat, _ blocks: [[UInt8]], seed: UInt64
  ) -> WeightMatrix {
    var random = SplitMix64(seed: seed)
    let bytes = (0..<rows * columns / format.blockSize).flatMap { _ in
      blocks[min(blocks.count - 1, Int(random.nextUniform() * Double(blocks.count)))]
    }
    return WeightMatrix(rows: rows, columns: columns, storage: .blocks(format, Bytes(bytes)))
  }

  /// The bytes of each block that ggml made, or of single floats, where its numbers are of the size of weights.
  private func ggmlBlocks(_ format: BlockFormat) throws -> [[UInt8]] {
    let file = try Fixtures.tensors("ggml_blocks.safetensors")
    let name = file.tensors.keys.first { $0.lowercased() == "\(format.name.lowercased()).bytes" } ?? "source"
    let (bytes, size) = (try file.bytes(name).array(of: UInt8.self), format.bytesPerBlock)
    let blocks = (0..<bytes.count / size).map { Array(bytes[$0 * size..<($0 + 1) * size]) }
    let usual = blocks.filter { block in
      let weight = WeightMatrix(rows: 1, columns: format.blockSize, storage: .blocks(format, Bytes(block)))
      return weight.decoded().values.allSatisfy { abs($0) < 20 }
    }
    try #require(usual.count > 1)
    return usual
  }
}
