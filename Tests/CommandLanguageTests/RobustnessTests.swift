import CommandLanguage
import Foundation
import Synchronization
import Testing

/// Cells that try to hang the interpreter, to take its stack, or to make no sense at all.
struct RobustnessTests {
  @Test(arguments: [
    "while true { }", "for i in 0... { i }", "func f() { while true { f2() } }\nfunc f2() { }\nf()",
    "repeat { } while true",
    "[1].map { x in while true { } }", "(0...).forEach { $0 }; while true {}",
  ])
  func interruption(source: String) throws {
    let calls = Atomic<Int>(0)
    let error = #expect(throws: CellError.self) {
      try Toy.session().execute(
        cell: source, number: 1, output: RecordingOutput(),
        isCancelled: { calls.add(1, ordering: .relaxed).newValue > 100 })
    }
    if !source.contains("(0...)") { #expect(error?.kind == .interrupted && error?.message == "interrupted") }
  }

  @Test func commandIsInterrupted() {
    let error = #expect(throws: CellError.self) {
      try Toy.session().execute(
        cell: "load(\"toy\").train(on: rows())", number: 1, output: RecordingOutput(), isCancelled: { true })
    }
    #expect(error?.kind == .interrupted)
  }

  @Test func callDepthIsAParameter() {
    let session = Session(registry: .language, limits: Limits(callDepth: 20))
    _ = session.answer("func down(_ n: Int) -> Int { n == 0 ? 0 : down(n - 1) }")
    #expect(session.answer("down(19)") == "0")
    #expect(session.answer("down(20)").contains("error: more than 20 calls inside one another"))
  }

  /// Runs where there is no more stack than a secondary thread usually has.
  private func onSmallStack(_ size: Int = 1 << 20, _ body: @escaping @Sendable () -> Void) {
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      body()
      done.signal()
    }
    thread.stackSize = size
    thread.start()
    done.wait()
  }

  @Test func recursionEndsInAnErrorOnASmallStack() {
    let answer = Mutex("")
    onSmallStack {
      let session = Session(registry: .language, limits: Limits(callDepth: 100_000, stackSize: 512 << 10))
      let text = session.answer("func f(_ n: Int) -> Int { [n].map { f($0 + 1) }.sum() }\nf(0)")
      answer.withLock { $0 = text }
    }
    #expect(answer.withLock { $0 }.contains("error: the calls inside one another need more memory than there is"))
  }

  static let deep = [
    String(repeating: "(", count: 20_000),
    String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000),
    String(repeating: "[", count: 150) + String(repeating: "]", count: 150),
    String(repeating: "-", count: 30_000) + "1",
    "x" + String(repeating: ".a", count: 20_000), "x" + String(repeating: ".a", count: 20_000) + "(",
    "1" + String(repeating: " + 1", count: 20_000), String(repeating: "{ ", count: 3_000),
    String(repeating: "if true { ", count: 2_000), "if a { } " + String(repeating: "else if a { } ", count: 10_000),
    "f" + String(repeating: "(1)", count: 20_000),
    String(repeating: "!", count: 1) + String(repeating: "(!", count: 3_000),
    "a ? b : " + String(repeating: "a ? b : ", count: 5_000) + "c", "\"" + String(repeating: "\\(\"", count: 2_000),
    String(repeating: "try ", count: 10_000) + "1", "let x: " + String(repeating: "[", count: 10_000),
    String(repeating: "a[", count: 10_000), "x" + String(repeating: "!", count: 10_000),
  ]

  @Test(arguments: deep.indices)
  func deepSource(index: Int) {
    onSmallStack {
      let session = Toy.session()
      _ = session.answer(Self.deep[index])
      _ = session.isComplete(Self.deep[index])
      _ = session.complete(Self.deep[index], at: Self.deep[index].count)
      _ = session.inspect(Self.deep[index], at: Self.deep[index].count)
    }
  }

  // MARK: - Mutated programs

  /// Numbers that are the same in every run (SplitMix64).
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  @Test(arguments: 0..<8)
  func mutatedPrograms(part: Int) throws {
    let programs = try ProgramTests.names.map {
      try String(contentsOf: ProgramTests.folder.appending(path: $0), encoding: .utf8)
    }
    var dice = Dice(state: UInt64(part))
    for _ in 0..<250 {
      let source = Self.mutated(programs.randomElement(using: &dice) ?? "", &dice)
      let steps = Atomic<Int>(0)
      let session = Toy.session()
      _ = try? session.execute(
        cell: source, number: 1, output: RecordingOutput(),
        isCancelled: { steps.add(1, ordering: .relaxed).newValue > 20_000 })
      let cursor = Int.random(in: 0...source.unicodeScalars.count, using: &dice)
      let completion = session.complete(source, at: cursor)
      #expect(completion.range.upperBound <= cursor)
      _ = session.inspect(source, at: cursor, detail: 1)
      _ = session.isComplete(source)
    }
  }

  /// A part of a program with a few characters removed, doubled, exchanged or put in.
  private static func mutated(_ program: String, _ dice: inout Dice) -> String {
    let lines = program.split(separator: "\n")
    let start = Int.random(in: 0..<lines.count, using: &dice)
    var characters = Array(lines[start..<min(lines.count, start + 12)].joined(separator: "\n"))
    let inserts = Array("(){}[]\"\\.:,?!%$0a=-+*/<>&|#@ \n;é日")
    for _ in 0..<Int.random(in: 1...6, using: &dice) where !characters.isEmpty {
      let index = Int.random(in: 0..<characters.count, using: &dice)
      switch Int.random(in: 0..<4, using: &dice) {
      case 0: characters.remove(at: index)
      case 1: characters.insert(characters[index], at: index)
      case 2: characters.swapAt(index, Int.random(in: 0..<characters.count, using: &dice))
      default: characters.insert(inserts.randomElement(using: &dice) ?? " ", at: index)
      }
    }
    return String(characters)
  }

  // MARK: - Speed

  @Test func trivialCellIsFast() throws {
    let session = Toy.session()
    let output = RecordingOutput()
    let clock = ContinuousClock()
    let times = try (0..<200).map { _ in
      try clock.measure { _ = try session.execute(cell: "1 + 1", number: 1, output: output) }
    }.sorted()
    print("a cell with 1 + 1: median \(times[100]), fastest \(times[0])")
    #expect(times[100] < .microseconds(500))
  }
}
