import Figures
import Synchronization
import Testing

@Suite struct ProgressTests {
  @Test func running() {
    let log = Table(columns: [.init("step"), .init("loss", format: .fixed(2))], rows: [[83, 2.35], [84, 2.31]])
    let view = ProgressView(
      title: "Training", step: 84, steps: 200, readings: [.init("loss", "2.31"), .init("", "1,041 tok/s")], elapsed: 72,
      remaining: 99, log: log)
    #expect(
      view.text() == """
        Training [██████████▏             ] 42 % · step 84 of 200 · loss 2.31 · 1,041 tok/s · 1 min 12 s elapsed · 1 min 39 s left
        step  loss
        ──────────
          83  2.35
          84  2.31
        """)
    #expect(view.html().contains("<progress value=\"0.42\" max=\"1\""))
  }

  @Test func ends() {
    let finished = ProgressView(title: "Training", state: .finished, step: 200, steps: 200, elapsed: 171, remaining: 0)
    #expect(finished.text() == "Training ✓ step 200 of 200 · 2 min 51 s")
    #expect(!finished.html().contains("<progress"))
    let interrupted = ProgressView(title: "Training", state: .interrupted, step: 100, steps: 200)
    #expect(interrupted.text() == "Training [████████████            ] interrupted · 50 % · step 100 of 200")
    #expect(ProgressView(title: "Download", state: .failed).text() == "Download ✗ failed")
  }

  @Test func unknownAndImpossibleFractions() {
    #expect(!ProgressView(title: "Load").html().contains("value="))
    #expect(ProgressView(title: "Load", fraction: .nan).text() == "Load")
    #expect(ProgressView(title: "Load", fraction: 7).html().contains("value=\"1\""))
    #expect(ProgressView(title: "Load", step: 3, steps: 0).text() == "Load step 3 of 0")
  }

  @Test func throttleAdmitsFiveASecondAndForcedOnes() {
    let clock = Clock()
    var throttle = UpdateThrottle(environment: [:], now: { clock.now })
    var admitted = 0
    for _ in 0..<1000 {
      if throttle.admits() { admitted += 1 }
      clock.advance(.milliseconds(1))
    }
    #expect(admitted == 5)
    let forced = throttle.admits(isForced: true)
    let afterwards = throttle.admits()
    #expect(forced && !afterwards)
    clock.advance(.milliseconds(200))
    let later = throttle.admits()
    #expect(later)
  }

  @Test func throttleIsSlowerInVSCode() {
    #expect(UpdateThrottle(environment: ["VSCODE_PID": "7"]).interval == .milliseconds(500))
    #expect(UpdateThrottle(environment: [:]).interval == .milliseconds(200))
    #expect(UpdateThrottle(interval: .seconds(1), environment: ["VSCODE_PID": "7"]).interval == .seconds(1))
  }

  private final class Clock: Sendable {
    private let time = Mutex(ContinuousClock.now)
    var now: ContinuousClock.Instant { time.withLock { $0 } }
    func advance(_ duration: Duration) { time.withLock { $0 += duration } }
  }
}
