import CommandLanguage
import JSONValue
import Synchronization
import Testing
import quill

/// What `quill run` writes into a pipe, where nothing can be taken back.
@Suite struct PipeOutputTests {
  /// What has been written so far.
  private final class Pipe: Sendable {
    private let text = Mutex("")
    var written: String { text.withLock { $0 } }
    func send(_ part: String) { text.withLock { $0 += part } }
  }

  private func bundle(_ text: String) -> [String: JSONValue] { ["text/plain": .string(text), "text/html": "<b>"] }

  @Test func updatedDisplayAppearsOnceInItsLastState() {
    let pipe = Pipe()
    let output = PipeOutput(send: pipe.send)
    output.write("before\n", to: .standardOutput)
    var progress: (any UpdatableDisplay)? = output.display(bundle("step 1"))
    output.write("meanwhile\n", to: .standardOutput)
    progress?.update(bundle("step 2"))
    #expect(pipe.written == "before\n", "what may change is held back")
    progress?.update(bundle("step 3"))
    progress = nil
    #expect(pipe.written == "before\nstep 3\nmeanwhile\n")
  }

  @Test func displayThatNobodyHoldsIsWrittenAtOnce() {
    let pipe = Pipe()
    let output = PipeOutput(send: pipe.send)
    output.write("a", to: .standardOutput)
    _ = output.display(bundle("shown"))
    #expect(pipe.written == "a\nshown\n")
    output.result("b")
    #expect(pipe.written == "a\nshown\n\"b\"\n")
  }

  @Test func endOfACellWritesEverything() {
    let pipe = Pipe()
    let output = PipeOutput(send: pipe.send)
    let first = output.display(bundle("first"))
    let second = output.display(bundle("second"))
    output.result(3)
    second.update(bundle("changed"))
    output.finishCell()
    #expect(pipe.written == "first\nchanged\n3\n")
    first.update(bundle("too late"))
    output.finishCell()
    #expect(pipe.written == "first\nchanged\n3\n")
  }

  @Test func clearingDropsWhatIsHeldBack() {
    let pipe = Pipe()
    let output = PipeOutput(send: pipe.send)
    let progress = output.display(bundle("one"))
    output.clear(wait: false)
    progress.update(bundle("two"))
    output.finishCell()
    #expect(pipe.written == "")
  }
}
