import Foundation
import TestSupport
import Testing

/// `quill doctor`: each line says ok, or what to do.
@Suite struct DoctorTests {
  @Test func everyWarningHasARemedy() throws {
    let empty = try TemporaryFolder()
    let environment = [
      "QUILL_HOME": empty.path, "JUPYTER_DATA_DIR": empty.path, "VIRTUAL_ENV": empty.path,
      "QUILL_ISA": "plain",
    ]
    let run = try Program.run(["doctor"], environment: environment)
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").dropFirst().map(String.init)
    for (line, next) in zip(lines, lines.dropFirst() + [""]) where line.hasPrefix("warn") {
      #expect(next.contains("-> "), "\(line)")
    }
    #expect(lines.allSatisfy { $0.hasPrefix("ok ") || $0.hasPrefix("warn ") || $0.contains("-> ") })
    #expect(run.output.contains("make model") && run.output.contains("make data"))
    #expect(run.output.contains("unset QUILL_ISA"))
  }
}
