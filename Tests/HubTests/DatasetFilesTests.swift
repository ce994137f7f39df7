import Foundation
import Hub
import Testing

/// Which files of a dataset hold the rows of a split.
struct DatasetFilesTests {
  private func found(
    _ paths: [String], _ split: String = "train", _ configuration: String? = nil,
    readable: [String] = [".parquet", ".jsonl", ".csv"]
  ) throws -> [String] {
    var result: [String] = []
    let files = paths.map { FakeHub.File(path: $0, content: Data($0.utf8), isLarge: false) }
    let repository = FakeHub.Repository(path: "user/data", commit: HubBench.commit, files: files)
    try HubBench.run(repository) { bench in
      let name = HubRepository(kind: .dataset, name: "user/data", tag: configuration)
      let local = try bench.hub().datasetFiles(name, split: split, readable: readable)
      let folder = "\(bench.folder)/home/hub/datasets--user--data/snapshots/\(HubBench.commit)/"
      result = local.map { $0.replacingOccurrences(of: folder, with: "") }
      #expect(bench.fake.requests[0].target == "/api/datasets/user/data/revision/main")
      #expect(bench.fake.fileRequests.allSatisfy { $0.target.hasPrefix("/datasets/user/data/resolve/") })
      #expect(zip(local, result).allSatisfy { bench.content($0) == Data($1.utf8) })
    }
    return result
  }

  private let imdb = [
    "README.md", "plain_text/test-00000-of-00001.parquet", "plain_text/train-00000-of-00001.parquet",
    "plain_text/unsupervised-00000-of-00001.parquet",
  ]

  @Test func splitsOfParquet() throws {
    #expect(try found(imdb) == ["plain_text/train-00000-of-00001.parquet"])
    #expect(try found(imdb, "unsupervised") == ["plain_text/unsupervised-00000-of-00001.parquet"])
    let error = hubError { _ = try found(imdb, "validation") }
    guard case .splitNotFound(_, "validation", ["test", "train", "unsupervised"]) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func splitsByTheirOtherNames() throws {
    let paths = ["data/dev.jsonl", "data/eval.jsonl", "data/training.jsonl", "dataset_infos.json"]
    #expect(try found(paths) == ["data/training.jsonl"])
    #expect(try found(paths, "validation") == ["data/dev.jsonl"])
    #expect(try found(paths, "test") == ["data/eval.jsonl"])
    let chat = [
      "data/test_sft-00000-of-00001.parquet", "data/train_sft-00000-of-00002.parquet",
      "data/train_sft-00001-of-00002.parquet",
    ]
    #expect(try found(chat, "train_sft") == Array(chat.suffix(2)))
  }

  @Test func splitsByFolderAndNoSplitAtAll() throws {
    #expect(try found(["train/0001.csv", "train/0000.csv", "test/0000.csv"]) == ["train/0000.csv", "train/0001.csv"])
    #expect(try found(["reviews.csv", "LICENSE"]) == ["reviews.csv"])
    #expect(
      try found(["default/unsupervised/0000.parquet", "default/train/0000.parquet"], "unsupervised") == [
        "default/unsupervised/0000.parquet"
      ])
  }

  @Test func parquetComesFirst() throws {
    #expect(try found(["train.csv", "train.jsonl", "train.parquet"]) == ["train.parquet"])
    #expect(try found(["test.csv", "train.jsonl"], "test") == ["test.csv"])
  }

  @Test func whatCannotBeReadIsNotFetched() throws {
    let text = [".csv", ".jsonl"]
    #expect(try found(["train.csv", "train.jsonl", "train.parquet"], readable: text) == ["train.jsonl"])
    let files = imdb.map { FakeHub.File(path: $0, content: Data($0.utf8), isLarge: false) }
    let repository = FakeHub.Repository(path: "user/data", commit: HubBench.commit, files: files)
    try HubBench.run(repository) { bench in
      let name = HubRepository(kind: .dataset, name: "user/data", tag: "plain_text")
      let error = hubError { _ = try bench.hub().datasetFiles(name, split: "test", readable: text) }
      #expect(
        error
          == .noReadableData(
            name, split: "test", files: ["plain_text/test-00000-of-00001.parquet"], readable: text))
      #expect(
        error?.description
          == "'user/data' has the rows of 'test' in plain_text/test-00000-of-00001.parquet; "
          + "read are .csv, .jsonl files")
      #expect(error?.help?.contains("datasets.load_dataset(\"user/data\", \"plain_text\", split=\"test\")") == true)
      #expect(bench.fake.fileRequests.isEmpty)
    }
  }

  @Test func aTableThatNamesNoSplitIsNotTakenForOne() throws {
    let paths = ["data/train-00000-of-00001.parquet", "labels.csv"]
    guard case .noReadableData = hubError({ _ = try found(paths, readable: [".csv"]) }) else {
      Issue.record("labels.csv was taken for the training part")
      return
    }
  }

  @Test func configurations() throws {
    let paths = ["main/train-00000-of-00001.parquet", "socratic/train-00000-of-00001.parquet"]
    #expect(try found(paths, "train", "socratic") == ["socratic/train-00000-of-00001.parquet"])
    guard case .configurationNeeded(_, ["main", "socratic"]) = hubError({ _ = try found(paths) }) else {
      Issue.record("one of two configurations was taken")
      return
    }
    let error = hubError { _ = try found(paths, "train", "mains") }
    #expect(error?.help == "did you mean 'user/data:main'?")
  }

  @Test func noData() throws {
    let error = hubError { _ = try found(["README.md", "imdb.py"]) }
    #expect(error?.description.contains("it has README.md, imdb.py") == true)
    #expect(error?.help == "take another dataset, or give the path of a .parquet, .csv or .jsonl file")
  }
}
