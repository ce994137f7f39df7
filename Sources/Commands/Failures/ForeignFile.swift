/// Another kind of file where a GGUF file was expected, known by its first bytes.
enum ForeignFile {
  case webPage
  case gitLFSPointer
  case json
  case safetensors
  case zip
  case gzip
  case oldGGML
  case zeros
  case text(String)
  case unknown([UInt8])

  init(firstBytes bytes: [UInt8]) {
    let words = String(decoding: bytes, as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{feff}" }
    if ["<!doctype", "<html", "<head", "<?xml", "<!--"].contains(where: words.lowercased().hasPrefix) {
      self = .webPage
    } else if words.hasPrefix("version https://git-lfs") {
      self = .gitLFSPointer
    } else if words.first == "{" || words.first == "[" {
      self = .json
    } else if bytes.count > 8, bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) {
      self = .safetensors
    } else if bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) {
      self = .zip
    } else if bytes.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if ["lmgg", "fmgg", "tjgg", "algg"].contains(where: { bytes.starts(with: $0.utf8) }) {
      self = .oldGGML
    } else if bytes.allSatisfy({ $0 == 0 }) {
      self = .zeros
    } else if bytes.allSatisfy({ 0x20..<0x7f ~= $0 || 0x09...0x0d ~= $0 }) {
      self = .text(words.prefix(30).prefix { !$0.isNewline }.description)
    } else {
      self = .unknown(Array(bytes.prefix(4)))
    }
  }

  /// What the file is, to follow its name.
  var message: String {
    switch self {
    case .webPage: "is a web page, not a GGUF file"
    case .gitLFSPointer: "is a Git LFS pointer, the few lines that stand for a model, not the model itself"
    case .json: "is JSON text, not a GGUF file"
    case .safetensors: "is a safetensors file, not a GGUF file"
    case .zip: "is a ZIP archive, as PyTorch's .bin and .pt are, not a GGUF file"
    case .gzip: "is compressed with gzip"
    case .oldGGML: "is a GGML file from before GGUF, which came in August 2023"
    case .zeros: "begins with zeros; a GGUF file begins with 'GGUF'"
    case .text(let text): "begins with the text '\(text)'; a GGUF file begins with 'GGUF'"
    case .unknown(let bytes):
      "begins with the bytes \(Self.hexadecimal(bytes)); a GGUF file begins with 'GGUF', 47 47 55 46"
    }
  }

  /// What to do next.
  var help: String {
    switch self {
    case .webPage:
      "the link led to the page about the file: on Hugging Face take the link with '/resolve/' in place of '/blob/'"
    case .gitLFSPointer: "'git lfs pull' in its folder fetches the model"
    case .json, .text: "open it in an editor: a server often says there why it sent no model"
    case .safetensors, .zip: "download the model as .gguf, or convert it with llama.cpp's convert_hf_to_gguf.py"
    case .gzip: "unpack it first: gunzip"
    case .oldGGML: "download the model as .gguf; today's llama.cpp reads no GGML files either"
    case .zeros: "the download was cut short: fetch it again"
    case .unknown: "check that it is the file that you meant, and fetch it again"
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
