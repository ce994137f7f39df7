import CTensorKernels

/// What the processor does at most with the threads of a run, measured beside what it is held against.
///
/// A product can be no faster than its bytes are read, nor than its multiplications and additions are done. Williams and
/// others, "Roofline", 2009.
package struct Roofline: Sendable {
  /// Bytes of memory, in pages as the weights', that a plain read gets in a second.
  package let readRate: Double
  /// Multiplications and additions of float32 numbers in a second.
  package let float32: Peak
  /// Multiplications and additions of bytes in a second.
  package let int8: Peak
  /// Multiplications and additions of bfloat16 numbers in a second.
  package let bfloat16: Peak

  /// The rate of a loop that stays in registers, and its instructions; no rate where the set has none.
  package struct Peak: Sendable {
    package let rate: Double?
    package let instructions: String
  }

  /// Measures for about a quarter of a second, in 256 MiB of memory: to be done when the peak of memory is known.
  package static func measured(on pool: ThreadPool = .shared) -> Roofline {
    let set = InstructionSet.current.name
    return Roofline(
      readRate: readRate(on: pool), float32: peak(tk_peak_float32(set), on: pool),
      int8: peak(tk_peak_int8(set), on: pool), bfloat16: peak(tk_peak_bfloat16(set), on: pool))
  }

  private static let repetitions = 9

  private static func readRate(on pool: ThreadPool) -> Double {
    let part = (256 << 20) / pool.threads / 256 * 256
    var seconds = Double.infinity
    _ = Bytes(inLargePages: part * pool.threads) { buffer in
      let memory = buffer.baseAddress!.assumingMemoryBound(to: UInt8.self)
      // Each thread writes first what it reads later, so that the memory lies near it.
      pool.run(pool.threads) { (memory + $0 * part).initialize(repeating: 1, count: part) }
      let results = UnsafeMutablePointer<UInt64>.allocate(capacity: pool.threads)
      defer { results.deallocate() }
      seconds = medianSeconds {
        pool.run(pool.threads) { results[$0] = tk_read_all(memory + $0 * part, part) }
      }
    }
    return Double(part * pool.threads) / seconds
  }

  private static func peak(_ peak: tk_peak, on pool: ThreadPool) -> Peak {
    let instructions = String(cString: peak.instructions)
    guard let run = peak.run else { return Peak(rate: nil, instructions: instructions) }
    let rounds = 1 << 20
    let seconds = medianSeconds { pool.run(pool.threads) { _ in run(rounds) } }
    return Peak(rate: peak.operations * Double(rounds * pool.threads) / seconds, instructions: instructions)
  }

  /// The middle of several runs, because a shared computer disturbs some of them.
  private static func medianSeconds(_ work: () -> Void) -> Double {
    let clock = ContinuousClock()
    let times = (0..<repetitions).map { _ in clock.measure(work) / .seconds(1) }
    return times.sorted()[repetitions / 2]
  }
}
