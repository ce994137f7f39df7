import CTensorKernels
import TensorCore

/// A tensor in the 4-bit codes of a code book: NF4 or FP4, and one scale for each block.
package struct CodeBookWeights: Sendable {
  /// How the scales are kept.
  package enum Scales: Sendable {
    /// One float32 for each block.
    case float32(Bytes)
    /// One byte for each block: QLoRA's double quantization.
    case doubleQuantized(DoubleQuantizedScales)
  }

  /// What the codes stand for.
  package let codeBook: CodeBook
  /// Elements of the tensor, row-major.
  package let count: Int
  /// Elements that share one scale.
  package let blockSize: Int
  /// Two codes to a byte, the first in the high nibble; `(count + 1) / 2` bytes.
  package let codes: Bytes
  package let scales: Scales

  private init(codeBook: CodeBook, count: Int, blockSize: Int, codes: Bytes, scales: Scales) {
    self.codeBook = codeBook
    self.count = count
    self.blockSize = blockSize
    self.codes = codes
    self.scales = scales
  }

  /// The parts of a checkpoint, as bitsandbytes writes them.
  ///
  /// - Parameters:
  ///   - codeBook: ``CodeBook/nf4`` or ``CodeBook/fp4``, as `quant_type` says, or the file's own `quant_map`.
  ///   - blockSize: `blocksize`: a power of two in 32 ... 4096.
  ///   - codes: `weight`, whatever type its numbers are said to have (`bnb_4bit_quant_storage`).
  ///   - scales: `absmax` as float32, or with its nested parts.
  /// - Throws: ``QuantizationError`` when a length does not fit the shape `[rows, columns]`.
  package init(
    rows: Int, columns: Int, codeBook: CodeBook, blockSize: Int, codes: Bytes, scales: Scales
  ) throws(QuantizationError) {
    let count = try QuantizationError.count(rows: rows, columns: columns)
    guard Self.isBlockSize(blockSize) else { throw .blockSize(blockSize, format: codeBook.name) }
    let blocks = (count - 1) / blockSize + 1
    try QuantizationError.check(.weight, codes.count, is: (count + 1) / 2)
    switch scales {
    case .float32(let bytes): try QuantizationError.check(.absmax, bytes.count, is: blocks * 4)
    case .doubleQuantized(let nested): try QuantizationError.check(.absmax, nested.codes.count, is: blocks)
    }
    self.init(codeBook: codeBook, count: count, blockSize: blockSize, codes: codes, scales: scales)
  }

  /// Whether weights can share a scale in blocks of this size, as bitsandbytes has it.
  package static func isBlockSize(_ size: Int) -> Bool { (32...4096).contains(size) && size.nonzeroBitCount == 1 }

  package var blockCount: Int { (count + blockSize - 1) / blockSize }

  /// Bytes of codes and scales together.
  package var byteCount: Int {
    switch scales {
    case .float32(let bytes): codes.count + bytes.count
    case .doubleQuantized(let scales): codes.count + scales.byteCount
    }
  }

  /// The scale of a block.
  package func scale(of block: Int) -> Float {
    precondition(block >= 0 && block < blockCount, "block \(block) of \(blockCount)")
    return switch scales {
    case .float32(let bytes): bytes.pointer.loadUnaligned(fromByteOffset: block * 4, as: Float.self)
    case .doubleQuantized(let scales): scales.scale(of: block)
    }
  }

  /// The scales of consecutive blocks.
  package func decodeScales(_ range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= blockCount, "blocks \(range) of \(blockCount)")
    switch scales {
    case .float32(let bytes):
      for block in range {
        out[block - range.lowerBound] = bytes.pointer.loadUnaligned(fromByteOffset: block * 4, as: Float.self)
      }
    case .doubleQuantized(let scales): scales.decode(range, into: out)
    }
  }

  /// Decodes the elements in `range` to float32: level of the code times scale of the block.
  package func decode(
    _ range: Range<Int>, into out: UnsafeMutablePointer<Float>,
    with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
    if range.isEmpty { return }
    let blocks = range.lowerBound / blockSize..<(range.upperBound - 1) / blockSize + 1
    withUnsafeTemporaryAllocation(of: Float.self, capacity: blocks.count) { scales in
      decodeScales(blocks, into: scales.baseAddress!)
      if range.lowerBound % blockSize == 0, range.count % 2 == 0 {
        kernels.decode_nibble_blocks(
          codes.pointer.assumingMemoryBound(to: UInt8.self) + range.lowerBound / 2, range.count, blockSize,
          codeBook.levels, scales.baseAddress, out)
        return
      }
      for block in blocks {
        let part = max(range.lowerBound, block * blockSize)..<min((block + 1) * blockSize, range.upperBound)
        decode(
          part, scale: scales[block - blocks.lowerBound], into: out + (part.lowerBound - range.lowerBound), kernels)
      }
    }
  }

  /// Decodes elements of one block.
  private func decode(_ part: Range<Int>, scale: Float, into out: UnsafeMutablePointer<Float>, _ kernels: tk_kernels) {
    let source = codes.pointer.assumingMemoryBound(to: UInt8.self)
    if part.lowerBound % 2 == 0 && part.count % 2 == 0 {
      kernels.decode_nibbles(source + part.lowerBound / 2, part.count, codeBook.levels, scale, out)
    } else {
      for index in part { out[index - part.lowerBound] = level(of: index, in: source) * scale }
    }
  }

  private func level(of element: Int, in source: UnsafePointer<UInt8>) -> Float {
    let pair = source[element / 2]
    return codeBook.levels[Int(element % 2 == 0 ? pair >> 4 : pair & 15)]
  }
}

// MARK: - Encoding

extension CodeBookWeights {
  /// Quantizes a tensor.
  ///
  /// - Parameters:
  ///   - values: The tensor flattened row-major.
  ///   - codeBook: The levels.
  ///   - blockSize: Weights that share one scale: a power of two in 32 ... 4096; QLoRA uses 64.
  ///   - doubleQuantized: Whether the scales are quantized to 8 bits too.
  /// - Complexity: O(`values.count`), on all threads of the pool.
  package init(
    quantizing values: UnsafeBufferPointer<Float>, codeBook: CodeBook = .nf4, blockSize: Int = 64,
    doubleQuantized: Bool = true, with kernels: tk_kernels = InstructionSet.current.kernels
  ) {
    precondition(Self.isBlockSize(blockSize), "block size \(blockSize)")
    let blocks = (values.count + blockSize - 1) / blockSize
    var scales = [Float](repeating: 0, count: blocks)
    let codes = Bytes(inLargePages: (values.count + 1) / 2) { packed in
      scales.withUnsafeMutableBufferPointer { scales in
        let sink = Sink(codes: packed.assumingMemoryBound(to: UInt8.self), scales: scales)
        ThreadPool.shared.runRanges(blocks, minimum: 64) { range in
          Self.encode(values, blocks: range, blockSize: blockSize, codeBook: codeBook, into: sink, with: kernels)
        }
      }
    }
    let stored: Scales = doubleQuantized ? .doubleQuantized(DoubleQuantizedScales(scales)) : .float32(Bytes(scales))
    self.init(codeBook: codeBook, count: values.count, blockSize: blockSize, codes: codes, scales: stored)
  }

  /// Where the threads write; each block is written by one of them.
  private struct Sink: @unchecked Sendable {
    let codes: UnsafeMutableBufferPointer<UInt8>
    let scales: UnsafeMutableBufferPointer<Float>
  }

  private static func encode(
    _ values: UnsafeBufferPointer<Float>, blocks: Range<Int>, blockSize: Int, codeBook: CodeBook, into sink: Sink,
    with kernels: tk_kernels
  ) {
    let zero = codeBook.code(of: 0)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: blockSize) { codes in
      let unpacked = codes.baseAddress!
      for block in blocks {
        let start = block * blockSize
        let count = min(blockSize, values.count - start)
        let source = UnsafeBufferPointer(start: values.baseAddress! + start, count: count)
        sink.scales[block] =
          count == blockSize
          ? codeBook.encode(source, into: unpacked, with: kernels) : codeBook.encodeRest(source, into: unpacked)
        // An odd last element is padded with a zero weight.
        if count % 2 == 1 { unpacked[count] = zero }
        for pair in 0..<(count + 1) / 2 {
          sink.codes[start / 2 + pair] = unpacked[2 * pair] << 4 | unpacked[2 * pair + 1]
        }
      }
    }
  }
}
