import FineTuning
import Foundation
import LanguageModels
import ModelFiles
import TensorCore
import TestSupport
import Testing

/// A training with checkpoints that is killed, again and again, is the training that was never disturbed.
struct KillTests {
  private static let steps = 60

  /// Dropout, evaluations, and a checkpoint at every step, of which two are kept.
  private static func trainer(in output: String) throws -> Trainer {
    let tiny = TinyTraining()
    let (rows, validation) = (tiny.rows(24), tiny.rows(3, seed: 9))
    // At the very beginning there may be no folder yet.
    if let checkpoint = try? Checkpoint(output) {
      return try Trainer(resuming: checkpoint, on: tiny.base(), rows: rows, validation: validation)
    }
    var options = tiny.options(steps: steps)
    options.optimizer = .adamW8bit
    options.evaluation = .steps(7)
    options.output = output
    (options.saving, options.saveTotalLimit) = (.steps(1), 2)
    let lora = LoRA(rank: 64, alpha: 16, dropout: 0.1, targets: [.q, .v, .down])
    return try Trainer(tiny.model(lora), rows: rows, validation: validation, options: options)
  }

  @Test func killedTwentyTimes() async throws {
    let folder = try TemporaryFolder()
    let whole = try Self.trainer(in: folder.path + "/whole")
    let start = ContinuousClock.now
    while try whole.advance() != nil {}
    let duration = (ContinuousClock.now - start) / .seconds(1)

    let output = folder.path + "/killed"
    var reached: [Int] = []
    for _ in 0..<20 {
      // On the average a twentieth of the way: the end is near when the last one dies.
      let delay = Double.random(in: 0..<duration / 10)
      await #expect(processExitsWith: .signal(SIGKILL)) { [output = output as String, delay = delay as Double] in
        try KillTests.trainUntilKilled(in: output, after: delay)
      }
      reached.append((try? Checkpoint(output).step) ?? 0)
    }
    #expect(reached == reached.sorted(), "no checkpoint is ever lost: \(reached)")
    #expect(Set(reached).count > 3, "\(reached)")
    let last = try Self.trainer(in: output)
    #expect(last.stepsDone == reached.last)
    while try last.advance() != nil {}
    try expect(last, equals: whole)
    let left = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
    #expect(left.count == 2, "what the dead left is gone: \(left)")
  }

  /// Trains and, after some seconds, gets a signal that nothing can answer.
  private static func trainUntilKilled(in output: String, after seconds: Double) throws {
    let trainer = try trainer(in: output)
    let killer = Thread {
      Thread.sleep(forTimeInterval: seconds)
      kill(getpid(), SIGKILL)
    }
    killer.start()
    while try trainer.advance() != nil {}
    Thread.sleep(forTimeInterval: 60)
  }

  private func expect(_ trainer: Trainer, equals whole: Trainer) throws {
    #expect(trainer.stepsDone == Self.steps)
    #expect(trainer.history.map(\.loss) == whole.history.map(\.loss))
    #expect(trainer.history.map(\.gradientNorm) == whole.history.map(\.gradientNorm))
    #expect(trainer.history.map(\.rows) == whole.history.map(\.rows))
    #expect(trainer.evaluations.map(\.loss) == whole.evaluations.map(\.loss))
    let tiny = TinyTraining()
    #expect(try tiny.numbers(of: trainer) == tiny.numbers(of: whole))
  }

  /// A disk without room is told, and nothing else happens: older checkpoints stay, and the training goes on.
  @Test func fullDiskLeavesTheRunAlive() async throws {
    let folder = try TemporaryFolder()
    let output = folder.path + "/run"
    await #expect(processExitsWith: .success) { [output = output as String] in
      try KillTests.trainOnAFullDisk(in: output)
    }
    // And the training is what it would have been.
    let whole = try Self.trainer(in: folder.path + "/whole")
    let other = try Self.trainer(in: output)
    #expect(other.stepsDone == 5)
    while try whole.advance() != nil {}
    while try other.advance() != nil {}
    try expect(other, equals: whole)
  }

  /// Ends with another status where something is not as it should be.
  private static func trainOnAFullDisk(in output: String) throws {
    let trainer = try trainer(in: output)
    signal(SIGXFSZ, SIG_IGN)
    guard try save(trainer, atStep: 3) == .saved else { exit(3) }
    limitFiles(to: 10_000)  // room for the settings, not for the matrices
    guard try save(trainer, atStep: 4) == .failed(.system(EFBIG)) else { exit(4) }
    guard try CheckpointFolder.steps(in: output) == [2, 3], try Checkpoint(output).step == 3 else { exit(5) }
    guard try FileManager.default.contentsOfDirectory(atPath: output).count == 2 else { exit(6) }
    do {
      try trainer.save()
      exit(7)
    } catch is FileError {}
    limitFiles(to: .max)
    guard try save(trainer, atStep: 5) == .saved, try Checkpoint(output).step == 5 else { exit(8) }
  }

  private enum Outcome: Equatable {
    case saved
    case failed(FileError.Reason)
  }

  /// Trains until a checkpoint was written or tried at a step.
  private static func save(_ trainer: Trainer, atStep step: Int) throws -> Outcome? {
    while let event = try trainer.advance() {
      switch event {
      case .saved where trainer.stepsDone == step: return .saved
      case .saveFailed(step, let error as FileError): return .failed(error.reason)
      default: continue
      }
    }
    return nil
  }

  /// The most bytes that a file may have: what is beyond fails, as on a disk that is full.
  private static func limitFiles(to bytes: rlim_t) {
    var limit = rlimit(rlim_cur: bytes, rlim_max: .max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
  }
}
