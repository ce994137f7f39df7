import Foundation
import JSONValue
import LanguageModels
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing
import Tokenization

/// The real model, which `make model` fetches, against transformers and bitsandbytes in float32.
@Suite(.serialized)
struct SmolLM2Tests {
  @Test(arguments: ["f32", "nf4"])
  func logitsAndGreedyTokensEqualTransformers(kind: String) throws {
    let file = try LanguageModel(ggufPath: Fixtures.smolLM2)
    let model = kind == "nf4" ? try file.quantized() : file
    let fixture = try Fixtures.json("smollm2.json")
    let tensors = try Fixtures.tensors("smollm2.safetensors")
    let columns = try tensors.integers("columns")
    for (index, ids) in try #require(fixture["ids"]?.array).enumerated() {
      let ids = ids.array?.compactMap(\.integer) ?? []
      let logits = try InferenceContext(model).readAll(ids)
      let values = logits.values
      let chosen = (0..<ids.count).flatMap { row in columns.map { values[row * logits.columns + $0] } }
      #expect(largestDifference(chosen, try tensors.floats("\(kind).\(index).logits")) < 2e-3)
      if index == 0 {
        #expect(largestDifference(Array(values.suffix(logits.columns)), try tensors.floats("\(kind).0.last")) < 2e-3)
      }
      let expected = fixture[kind]?["greedy"]?[index]?.array?.compactMap(\.integer) ?? []
      #expect(expected.count == 32)
      #expect(try greedy(model, ids, count: 32) == expected)
    }
  }

  /// Codes, scales and offset of all 210 linear layers equal what bitsandbytes makes of the same model.
  @Test func quantizedLayersEqualBitsandbytes() throws {
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2).quantized()
    let layers = try #require(Fixtures.json("smollm2.json")["nf4_layers"]?.object)
    #expect(layers.count == 210)
    for block in model.blocks.indices {
      for layer in LinearLayer.allCases {
        let expected = try #require(layers[layer.path(inBlock: block)])
        guard case .codeBook(let weights) = model.blocks[block][layer].storage,
          case .doubleQuantized(let scales) = weights.scales
        else {
          Issue.record("\(layer) of block \(block) is not NF4")
          continue
        }
        #expect(sha256(weights.codes) == expected["packed_sha256"]?.string)
        #expect(sha256(scales.codes) == expected["absmax_sha256"]?.string)
        #expect(sha256(scales.groupScales) == expected["nested_absmax_sha256"]?.string)
        #expect(Double(scales.offset) == expected["offset"]?.number)
      }
    }
  }

  @Test func countsParameters() throws {
    let model = try LanguageModel(ggufPath: Fixtures.smolLM2)
    #expect(model.parameterCount == 134_515_008)
    let adapter = Adapter(options: LoRA(rank: 8), configuration: model.configuration, seed: 0)
    #expect(adapter.parameterCount == 460_800)
  }

  @Test func tokenizesAsHuggingFace() throws {
    let tokenizer = try LanguageModel(ggufPath: Fixtures.smolLM2).tokenizer
    let fixture = try Fixtures.json("smollm2_tokens.json")
    let texts = try #require(fixture["texts"]?.array).compactMap(\.string)
    let expected = try #require(fixture["ids"]?.array).map { $0.array?.compactMap(\.integer) ?? [] }
    #expect(texts.count >= 2000 && texts.count == expected.count)
    for (text, ids) in zip(texts, expected) {
      let found = tokenizer.ids(of: text, addingSpecialTokens: false)
      #expect(found == ids, "\(text.debugDescription)")
    }
  }
}
