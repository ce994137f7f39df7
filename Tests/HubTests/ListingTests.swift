import Foundation
import Hub
import JSONValue
import Testing

/// Which files a name means.
struct ListingTests {
  private func file(_ path: String, _ text: String? = nil) -> FakeHub.File {
    FakeHub.File(path: path, content: Data((text ?? path).utf8), isLarge: path.hasSuffix(".gguf"))
  }

  /// The paths in the repository that a model's name makes the hub fetch.
  private func fetched(_ paths: [String], tag: String? = nil) throws -> [String] {
    var result: [String] = []
    try HubBench.run(paths.map { file($0) }) { bench in
      _ = try bench.hub().resolve(HubRepository(name: "user/repo", tag: tag))
      result = bench.fake.fileRequests.map { String($0.path.components(separatedBy: "\(HubBench.commit)/")[1]) }
    }
    return result
  }

  private static let quantizations = [
    "README.md", "mmproj-F16.gguf", "m.imatrix.gguf", "m-BF16.gguf", "m-F16.gguf", "m-IQ4_XS.gguf", "m-Q4_K_M.gguf",
    "m-Q4_K_S.gguf", "sub/m-UD-Q2_K.gguf",
  ]

  @Test(arguments: [
    (nil, "m-Q4_K_M.gguf"), ("Q4_K_M", "m-Q4_K_M.gguf"), ("q4_k_s", "m-Q4_K_S.gguf"), ("F16", "m-F16.gguf"),
    ("BF16", "m-BF16.gguf"), ("UD-Q2_K", "sub/m-UD-Q2_K.gguf"), ("Q2_K", "sub/m-UD-Q2_K.gguf"),
    ("m-IQ4_XS.gguf", "m-IQ4_XS.gguf"),
  ])
  func tags(tag: String?, path: String) throws {
    #expect(try fetched(Self.quantizations, tag: tag) == [path])
  }

  @Test func withoutATagQ8AndThenTheFirst() throws {
    #expect(try fetched(["mmproj-Q4_K_M.gguf", "a-F16.gguf", "b.Q8_0.gguf"]) == ["b.Q8_0.gguf"])
    #expect(try fetched(["mmproj-F16.gguf", "a-F16.gguf", "b.Q5_0.gguf"]) == ["a-F16.gguf"])
  }

  @Test func allPartsInOrder() throws {
    let parts = ["big/m-Q8_0-00002-of-00003.gguf", "big/m-Q8_0-00003-of-00003.gguf", "big/m-Q8_0-00001-of-00003.gguf"]
    #expect(try fetched(["m-Q4_0-00001-of-00003.gguf"] + parts, tag: "Q8_0") == parts.sorted())
  }

  @Test func aPartThatIsMissing() throws {
    try HubBench.run([file("m-Q8_0-00001-of-00003.gguf"), file("m-Q8_0-00003-of-00003.gguf")]) { bench in
      #expect(
        hubError { _ = try bench.hub().resolve(bench.repository) }
          == .partsMissing(bench.repository, file: "m-Q8_0-00001-of-00003.gguf", found: 2, expected: 3))
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func aTagThatIsNotThere() throws {
    try HubBench.run(Self.quantizations.map { file($0) }) { bench in
      let repository = HubRepository(name: "user/repo", tag: "Q4_K_L")
      let error = hubError { _ = try bench.hub().resolve(repository) }
      let tags = ["BF16", "F16", "IQ4_XS", "Q4_K_M", "Q4_K_S", "Q2_K"]
      #expect(error == .tagNotFound(repository, tag: "Q4_K_L", available: tags))
      #expect(error?.description == "'user/repo' has no GGUF 'Q4_K_L'; it has BF16, F16, IQ4_XS, Q4_K_M, Q4_K_S, Q2_K")
      #expect(error?.help == "did you mean 'user/repo:Q4_K_M'?")
    }
  }

  @Test func aFolderOfHuggingFaceWithAnIndex() throws {
    let index: JSONValue = [
      "weight_map": ["a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"]
    ]
    let plain = [
      "config.json", "consolidated.safetensors", "generation_config.json", "m-Q4_K_M.gguf",
      "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "onnx/model.onnx", "original/x.pth",
      "pytorch_model.bin", "special_tokens_map.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
      "chat_template.jinja",
    ]
    let files = plain.map { file($0) } + [file("model.safetensors.index.json", index.description)]
    try HubBench.run(files) { bench in
      let model = try bench.hub().resolve(bench.repository)
      let folder = "\(bench.cache)/snapshots/\(HubBench.commit)"
      #expect(model == .folder(folder))
      let unwanted: Set = [
        "consolidated.safetensors", "m-Q4_K_M.gguf", "onnx/model.onnx", "original/x.pth", "pytorch_model.bin",
      ]
      let wanted = files.map(\.path).filter { !unwanted.contains($0) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == wanted.sorted())
    }
  }

  @Test func anIndexThatNamesAFileThatIsNotThere() throws {
    let index = "{\"weight_map\": {\"a\": \"model-00001-of-00002.safetensors\", \"b\": \"../../x.safetensors\"}}"
    let files = [
      file("config.json"), file("model-00001-of-00002.safetensors"), file("model.safetensors.index.json", index),
    ]
    try HubBench.run(files) { bench in
      #expect(
        hubError { _ = try bench.hub().resolve(bench.repository) }
          == .fileNotFound(bench.repository, file: "../../x.safetensors", nearest: []))
    }
  }

  @Test func oneFileOfWeightsComesBeforeOthers() throws {
    let paths = ["config.json", "model.fp16.safetensors", "model.safetensors", "tokenizer.json"]
    #expect(try fetched(paths) == ["config.json", "tokenizer.json", "model.safetensors"])
  }

  @Test func anAdapter() throws {
    let paths = ["README.md", "adapter_config.json", "adapter_model.safetensors", "tokenizer.json"]
    try HubBench.run(paths.map { file($0) }) { bench in
      let folder = "\(bench.cache)/snapshots/\(HubBench.commit)"
      let model = try bench.hub().resolve(bench.repository)
      #expect(model == .adapter(folder))
      let found = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(found.sorted() == Array(paths.dropFirst()))
    }
  }

  @Test func anAdapterBesideAModel() throws {
    let paths = ["adapter_config.json", "adapter_model.safetensors", "config.json", "model.safetensors"]
    try HubBench.run(paths.map { file($0) }) { bench in
      let folder = try bench.hub().adapter(bench.repository)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == Array(paths.prefix(3)))
    }
  }

  @Test(arguments: [
    (["config.json", "model.safetensors"], nil, "load(\"user/repo\")"), (["m-Q4_K_M.gguf"], nil, "load("),
    (["adapter_config.json", "adapter_model.bin"], nil, "pickle"),
    (["adapter_config.json", "adapter_model.safetensors"], "Q8_0", "leave the ':Q8_0' out"), (["a.txt"], nil, "PEFT"),
  ])
  func noAdapterIsSaidBeforeAnythingIsFetched(paths: [String], tag: String?, help: String) throws {
    try HubBench.run(paths.map { file($0) }) { bench in
      let repository = HubRepository(name: "user/repo", tag: tag)
      let error = hubError { _ = try bench.hub().adapter(repository) }
      #expect(error == .noAdapter(repository, files: paths))
      #expect(error?.help?.contains(help) == true)
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func noModelAtAll() throws {
    try HubBench.run([file("config.json"), file("pytorch_model.bin")]) { bench in
      #expect(
        hubError { _ = try bench.hub().resolve(bench.repository) }
          == .noModel(bench.repository, files: ["config.json", "pytorch_model.bin"]))
    }
  }

  @Test func manyPages() throws {
    let paths = (0..<57).map { "folder/part-\($0 + 100)-F16.gguf" } + ["z-Q4_K_M.gguf"]
    try HubBench.run(paths.map { file($0) }) { bench in
      bench.fake.update { $0.filesOfPage = 10 }
      guard case .gguf(let found) = try bench.hub().resolve(bench.repository) else { return }
      #expect(found.map { ($0 as NSString).lastPathComponent } == ["z-Q4_K_M.gguf"])
      #expect(bench.fake.requests.filter { $0.path.contains("/tree/") }.count == 6)
    }
  }

  @Test(arguments: ["../../.bashrc", "/etc/passwd", "a/../../b", "C:\\x", "a\\..\\b", "c:/x", "a//b", "./a", ""])
  func aPathThatLeadsOut(path: String) throws {
    try HubBench.run([file("m.gguf"), FakeHub.File(path: path, content: Data("evil".utf8))]) { bench in
      let expected = HubError.unsafePath(bench.repository, path: path)
      #expect(hubError { _ = try bench.hub().resolve(bench.repository) } == expected)
      #expect(hubError { _ = try bench.hub().download(bench.repository, to: bench.folder + "/here") } == expected)
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func anOidThatLeadsOut() throws {
    try HubBench.run([file("m.gguf")]) { bench in
      bench.fake.surprise("/tree/") { _, answer in
        answer.body = Data("[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":1,\"oid\":\"../../../x\"}]".utf8)
      }
      guard case .badAnswer = hubError({ _ = try bench.hub().resolve(bench.repository) }) else {
        Issue.record("an oid with '..' was taken")
        return
      }
    }
  }
}
