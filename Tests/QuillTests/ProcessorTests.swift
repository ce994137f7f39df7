import Testing
import quill

/// Which OpenBLAS core a processor should have.
@Suite struct ProcessorTests {
  private func processor(_ flags: String) -> Processor {
    Processor(
      description:
        "processor\t: 0\nmodel name\t: A Processor\nflags\t\t: fpu \(flags)\n\nprocessor\t: 1\nflags\t\t: other\n")
  }

  @Test func descriptionIsRead() {
    let processor = processor("avx2 fma")
    #expect(processor.name == "A Processor")
    #expect(processor.features == ["fpu", "avx2", "fma"])
    #expect(Processor(description: "").name == "unknown processor")
  }

  @Test func coreIsCorrectedOnlyWhereVectorsAreUnused() {
    let skylake = processor("avx2 avx512f avx512bw avx512dq avx512vl")
    let zen4 = processor("avx2 avx512f avx512bw avx512dq avx512vl avx512_bf16")
    #expect(OpenBLASCore.correction(of: "Haswell", on: zen4) == "Cooperlake")
    #expect(OpenBLASCore.correction(of: "Zen", on: zen4) == "Cooperlake")
    #expect(OpenBLASCore.correction(of: "haswell", on: skylake) == "SkylakeX")
    #expect(OpenBLASCore.correction(of: "SkylakeX", on: skylake) == nil)
    #expect(OpenBLASCore.correction(of: "Cooperlake", on: zen4) == nil)
    #expect(OpenBLASCore.correction(of: "Prescott", on: zen4) == "Cooperlake")
    #expect(OpenBLASCore.correction(of: "Prescott", on: processor("avx2 fma")) == "Haswell")
    #expect(OpenBLASCore.correction(of: "Prescott", on: processor("sse3")) == nil)
    #expect(OpenBLASCore.correction(of: "Haswell", on: processor("avx2")) == nil)
    #expect(OpenBLASCore.correction(of: "Haswell", on: processor("avx2 avx512f")) == nil)
  }
}
