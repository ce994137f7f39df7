import Foundation
import JSONValue
import ModelFiles
import Quantization
import Tokenization

/// Metadata of a GGUF file in the order in which they are written.
typealias GGUFMetadata = [(key: String, value: GGUFEncodedValue)]

extension LanguageModel {
  /// The metadata of the model as a file in `format`.
  func ggufMetadata(as format: BlockFormat) throws -> GGUFMetadata {
    if case .gguf(let file) = source { return carriedMetadata(of: file, as: format) }
    let tokenizerKeys = try tokenizer.ggufMetadata(vocabularySize: configuration.vocabularySize)
    return try generalMetadata() + sizes(as: format) + tokenizerKeys.map { (key: $0.0, value: $0.1) }
  }

  /// What the source says, but for what is no longer true: the format, how it was found, and the parts of a split file.
  private func carriedMetadata(of file: GGUFFile, as format: BlockFormat) -> GGUFMetadata {
    let isCopy = file.metadata["general.file_type"]?.integer == format.ggufFileType
    var own = fileType(format)
    var metadata: GGUFMetadata = []
    for entry in file.entries {
      if let place = own.firstIndex(where: { $0.key == entry.key }) {
        metadata.append(own.remove(at: place))
      } else if !entry.key.hasPrefix("split."), isCopy || !entry.key.hasPrefix("quantize.imatrix.") {
        metadata.append((entry.key, GGUFEncodedValue(entry)))
      }
    }
    return metadata + own
  }

  private func fileType(_ format: BlockFormat) -> GGUFMetadata {
    // The version of ggml's block layouts.
    [("general.quantization_version", .uint32(2)), ("general.file_type", .uint32(format.ggufFileType))]
  }
}

// MARK: - Metadata of other sources

extension LanguageModel {
  private func generalMetadata() throws -> GGUFMetadata {
    var generation: JSONValue?
    if case .huggingFace(let folder) = source { generation = try folder.json("generation_config.json") }
    var metadata: GGUFMetadata = [
      ("general.architecture", .string(configuration.architecture.rawValue)), ("general.type", .string("model")),
    ]
    if let topK = generation?["top_k"]?.integer { metadata.append(("general.sampling.top_k", .int32(topK))) }
    let numbers = [
      ("top_p", "top_p"), ("min_p", "min_p"), ("temp", "temperature"), ("penalty_repeat", "repetition_penalty"),
    ]
    for (key, field) in numbers {
      guard let number = generation?[field]?.number else { continue }
      metadata.append(("general.sampling.\(key)", .float32(Float(number))))
    }
    metadata.append(("general.name", .string(Self.title(of: configuration.name))))
    metadata.append(("general.size_label", .string(Self.sizeLabel(parameterCount))))
    return metadata
  }

  private func sizes(as format: BlockFormat) -> GGUFMetadata {
    let configuration = configuration
    var sizes: GGUFMetadata = [
      ("block_count", .uint32(configuration.blockCount)),
      ("context_length", .uint32(configuration.contextLength)),
      ("embedding_length", .uint32(configuration.hiddenSize)),
      ("feed_forward_length", .uint32(configuration.feedForwardSize)),
      ("attention.head_count", .uint32(configuration.headCount)),
      ("attention.head_count_kv", .uint32(configuration.keyValueHeadCount)),
    ]
    if let factor = configuration.linearRopeFactor {
      sizes += [("rope.scaling.type", .string("linear")), ("rope.scaling.factor", .float32(factor))]
    }
    sizes.append(("rope.freq_base", .float32(configuration.ropeBase)))
    if let base = configuration.localRopeBase { sizes.append(("rope.freq_base_swa", .float32(base))) }
    sizes += [
      ("attention.layer_norm_rms_epsilon", .float32(configuration.normEpsilon)),
      ("attention.key_length", .uint32(configuration.headSize)),
      ("attention.value_length", .uint32(configuration.headSize)),
    ]
    sizes += slidingWindow
    if configuration.architecture == .llama {
      sizes += [
        ("vocab_size", .uint32(configuration.vocabularySize)),
        ("rope.dimension_count", .uint32(configuration.headSize)),
      ]
    }
    return sizes.map { ("\(configuration.architecture.rawValue).\($0.key)", $0.value) } + fileType(format)
  }

  /// Of the families here llama.cpp knows windows in Gemma alone.
  private var slidingWindow: GGUFMetadata {
    guard configuration.architecture == .gemma3, let window = configuration.slidingWindow else { return [] }
    var metadata: GGUFMetadata = [("attention.sliding_window", .uint32(window))]
    let local = (0..<configuration.blockCount).map(configuration.isLocal)
    // What llama.cpp takes when the key is not there.
    if local != local.indices.map({ $0 % 6 < 5 }) {
      metadata.append(("attention.sliding_window_pattern", .bools(local)))
    }
    return metadata
  }

  /// A name as llama.cpp's converter makes a title of it: `tiny-llama` becomes `Tiny Llama`.
  static func title(of name: String) -> String {
    let words = name.split(separator: "/").last?.split { $0 == "-" || $0 == " " } ?? []
    return words.map { word in
      let isLowercase = word.lowercased() == word && word.uppercased() != word
      let isVersion = word.first?.isNumber == true || (word.first == "v" && word.dropFirst().first?.isNumber == true)
      return isLowercase && !isVersion ? word.capitalized : String(word)
    }.joined(separator: " ")
  }

  /// A count of weights with at least two digits and a letter for the power: `135M`, `1.2B`.
  static func sizeLabel(_ count: Int) -> String {
    let powers = [(1e12, "T"), (1e9, "B"), (1e6, "M")]
    let (power, letter) = powers.first { Double(count) > $0.0 } ?? (1e3, "K")
    let scaled = Double(count) / power
    let whole = Int(scaled.rounded(.toNearestOrEven))
    let digits = max(0, 2 - (whole == 0 ? 0 : String(whole).count))
    return String(format: "%.\(digits)f", scaled) + letter
  }
}
