import Foundation
import ModelFiles
import Quantization
import TensorCore
import TestSupport
import Testing

/// Whatever stops a writer, what was there stays, and nothing is left beside it.
struct AtomicWritingTests {
  /// Two pieces, so that there is something to stop between.
  private static let writer = GGUFWriter(
    metadata: [("general.architecture", .string("llama"))],
    tensors: ["first", "second"].map {
      GGUFWriter.Tensor(name: $0, shape: [64], format: .f32, bytes: TensorBytes([Float](repeating: 1, count: 64)))
    })

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write(Data("old".utf8), to: "m.gguf")
    return folder
  }

  private func expectUntouched(_ folder: TemporaryFolder, sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(
      try Data(contentsOf: URL(filePath: folder.path + "/m.gguf")) == Data("old".utf8), sourceLocation: sourceLocation)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.gguf"], sourceLocation: sourceLocation)
  }

  @Test func interruptionLeavesWhatWasThere() throws {
    let folder = try Self.folder()
    var questions = 0
    #expect(throws: CancellationError.self) {
      try Self.writer.write(
        to: folder.path + "/m.gguf",
        isCancelled: {
          questions += 1
          return questions == 2
        })
    }
    #expect(questions == 2)
    try expectUntouched(folder)
  }

  /// The temporary file leads to a device that is always full.
  @Test func fullDiskLeavesWhatWasThere() throws {
    let folder = try Self.folder()
    let path = folder.path + "/m.gguf"
    try FileManager.default.createSymbolicLink(
      atPath: "\(path).\(getpid()).partial", withDestinationPath: "/dev/full")
    #expect(throws: FileError(path: path, code: ENOSPC)) { try Self.writer.write(to: path) }
    try expectUntouched(folder)
  }

  @Test func missingFolderIsAnError() throws {
    let path = try TemporaryFolder().path + "/none/m.gguf"
    #expect(throws: FileError(path: path, code: ENOENT)) { try Self.writer.write(to: path) }
  }

  @Test func fileReplacesAnother() throws {
    let folder = try Self.folder()
    try Self.writer.write(to: folder.path + "/m.gguf")
    #expect(try GGUFFile(path: folder.path + "/m.gguf").tensors.count == 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.gguf"])
  }

  // MARK: - Folders

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: [false, true])
  func folderAppearsWhole(existsEmpty: Bool) throws {
    let parent = try TemporaryFolder()
    let path = parent.path + "/model"
    if existsEmpty { try AtomicFile.makeFolder(path) }
    try AtomicFolder.write(to: path) { folder in
      #expect(try !existsEmpty || Self.names(path).isEmpty)
      try AtomicFile.write(Data("a".utf8), to: folder + "/a")
      try AtomicFile.write(Data("b".utf8), to: folder + "/b")
    }
    #expect(try Self.names(path) == ["a", "b"])
    #expect(try Self.names(parent.path) == ["model"])
  }

  /// Files of other names stay, stale ones go, and those of the same name are replaced.
  @Test func folderThatWasThereKeepsItsOtherFiles() throws {
    let parent = try TemporaryFolder()
    let path = parent.path + "/model"
    try AtomicFile.makeFolder(path)
    for name in ["a", "notes", "old-weights"] { try AtomicFile.write(Data("old".utf8), to: "\(path)/\(name)") }
    try AtomicFolder.write(to: path, isStale: { $0.hasSuffix("weights") }) { folder in
      for name in ["a", "weights"] { try AtomicFile.write(Data("new".utf8), to: "\(folder)/\(name)") }
    }
    #expect(try Self.names(path) == ["a", "notes", "weights"])
    #expect(try String(contentsOfFile: path + "/a", encoding: .utf8) == "new")
    #expect(try String(contentsOfFile: path + "/notes", encoding: .utf8) == "old")
    #expect(try Self.names(parent.path) == ["model"])
  }

  @Test func failureLeavesTheFolderAsItWas() throws {
    let parent = try TemporaryFolder()
    let path = parent.path + "/model"
    try AtomicFile.makeFolder(path)
    try AtomicFile.write(Data("old".utf8), to: path + "/a")
    #expect(throws: CancellationError.self) {
      try AtomicFolder.write(to: path) { folder in
        try AtomicFile.write(Data("new".utf8), to: folder + "/a")
        throw CancellationError()
      }
    }
    #expect(try String(contentsOfFile: path + "/a", encoding: .utf8) == "old")
    #expect(try Self.names(parent.path) == ["model"])
  }

  @Test func fileInPlaceOfTheFolderIsAnError() throws {
    let parent = try Self.folder()
    let path = parent.path + "/m.gguf"
    #expect(throws: FileError(path: path, code: ENOTDIR)) { try AtomicFolder.write(to: path) { _ in } }
    try expectUntouched(parent)
  }
}
