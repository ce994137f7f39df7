import Hub
import Testing

/// What is a name of the hub, and what rather a path.
struct NamingTests {
  @Test(
    arguments: [
      ("user/repo", "user/repo", nil, nil), ("TheBloke/Llama-2-7B-GGUF", "TheBloke/Llama-2-7B-GGUF", nil, nil),
      ("user/repo:Q4_K_M", "user/repo", nil, "Q4_K_M"), ("user/repo@v1.0", "user/repo", "v1.0", nil),
      ("user/repo@refs/pr/1:Q8_0", "user/repo", "refs/pr/1", "Q8_0"),
      ("hf.co/user/repo:Q8_0", "user/repo", nil, "Q8_0"),
      ("https://huggingface.co/user/repo", "user/repo", nil, nil),
      ("https://huggingface.co/user/repo/tree/main", "user/repo", "main", nil), ("a/b", "a/b", nil, nil),
      ("user/repo_1.5-chat", "user/repo_1.5-chat", nil, nil),
    ] as [(String, String, String?, String?)])
  func names(text: String, name: String, revision: String?, tag: String?) {
    #expect(HubRepository(parsing: text) == HubRepository(name: name, revision: revision, tag: tag))
  }

  @Test func anAddressOfADataset() {
    let dataset = HubRepository(parsing: "https://huggingface.co/datasets/stanfordnlp/imdb")
    #expect(dataset == HubRepository(kind: .dataset, name: "stanfordnlp/imdb"))
  }

  @Test(arguments: [
    "", "repo", "smollm2-135m", "./user/repo", "../repo", "/user/repo", "~/repo", "a/b/c", "models/m.gguf",
    "data/train.jsonl", "user/", "/repo", "user/re po", "user/re..po", "user/-repo", "user/repo.", "us--er/repo",
    "user/repo:", "user/repo@", "user/repo@../x", "user/repo@/x", "user/repo:a/b", "https://example.org/user/repo",
    "user/\u{e9}t\u{e9}",
  ])
  func paths(text: String) {
    #expect(HubRepository(parsing: text) == nil)
  }
}
