import Foundation
import JSONValue
import TestSupport
import Testing

/// `quill install`: what Jupyter finds afterwards.
@Suite struct InstallTests {
  private let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("kernelspec")

  private func specification(in folder: URL) throws -> JSONValue {
    try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent("kernel.json")))
  }

  @Test func specificationAndLogosAreWritten() throws {
    let prefix = try TemporaryFolder()
    let run = try Program.run(["install", "--prefix", prefix.path, "--name", "Other"])
    #expect(run.status == 0)
    let folder = prefix.file("share/jupyter/kernels/other")
    #expect(run.output.contains(folder.path))
    let found = try specification(in: folder)
    #expect(found["argv"] == [.string(Program.path), "kernel", "--connection-file", "{connection_file}"])
    let template = try specification(in: source)
    #expect(found["display_name"] == template["display_name"])
    for logo in ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"] {
      #expect(
        try Data(contentsOf: folder.appendingPathComponent(logo))
          == Data(contentsOf: source.appendingPathComponent(logo)))
    }
  }

  @Test func programThatWasCopiedElsewhereWritesTheSameFields() throws {
    let prefix = try TemporaryFolder()
    let copy = prefix.file("quill").path
    try FileManager.default.copyItem(atPath: Program.path, toPath: copy)
    let run = try Program.run(["install", "--prefix", prefix.path], path: copy)
    #expect(run.status == 0)
    #expect(run.output.contains("without logos"))
    let folder = prefix.file("share/jupyter/kernels/quill")
    var expected = try #require(try specification(in: source).object)
    expected["argv"] = [.string(copy), "kernel", "--connection-file", "{connection_file}"]
    #expect(try specification(in: folder) == .object(expected))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["kernel.json"])
  }

  @Test func environmentDecidesThePlace() throws {
    let home = try TemporaryFolder()
    let user = try Program.run(["install"], environment: ["JUPYTER_DATA_DIR": home.file("data").path])
    #expect(user.output.contains(home.file("data/kernels/quill/kernel.json").path))
    let system = try Program.run(["install", "--sys-prefix"], environment: ["VIRTUAL_ENV": home.file("venv").path])
    #expect(system.output.contains(home.file("venv/share/jupyter/kernels/quill/kernel.json").path))
  }

  @Test(arguments: [["--user", "--sys-prefix"], ["--name", "a b"], ["--prefix", "/proc/nowhere"]])
  func impossibleIsRefused(arguments: [String]) throws {
    let run = try Program.run(["install"] + arguments)
    #expect(run.status != 0)
    #expect(!run.errors.isEmpty)
  }
}
