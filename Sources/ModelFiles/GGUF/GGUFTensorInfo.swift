import Quantization

/// A tensor's entry in the header of a file.
struct GGUFTensorInfo: Sendable {
  let name: String
  /// Sizes with the innermost last.
  let shape: [Int]
  let format: BlockFormat
  /// Bytes from the beginning of the file.
  let range: Range<Int>

  /// A tensor's entry as it stands in the file.
  struct Unplaced {
    let name: String
    let shape: [Int]
    let format: BlockFormat
    let offset: UInt64
    let byteCount: Int

    init(_ reader: inout GGUFReader) throws(GGUFError) {
      // 63 bytes are what ggml has room for.
      let name = try reader.string("the name of a tensor", atMost: 63)
      let dimensions = try reader.read(UInt32.self, "the dimensions of '\(name)'")
      guard dimensions <= 4 else { throw reader.failure(.dimensions(dimensions, tensor: name)) }
      var shape: [Int] = []
      var elements = 1
      for _ in 0..<dimensions {
        let size = try reader.read(UInt64.self, "the shape of '\(name)'")
        let limit = UInt64(reader.fileSize) * 8
        guard size <= limit else {
          throw reader.failure(.absurd(what: "a size of '\(name)'", value: size, limit: limit))
        }
        let (product, overflow) = elements.multipliedReportingOverflow(by: Int(size))
        // The most compact format stores more than one bit for each element.
        guard !overflow, UInt64(product) <= limit else {
          throw reader.failure(.absurd(what: "the elements of '\(name)'", value: .max, limit: limit))
        }
        elements = product
        shape.insert(Int(size), at: 0)
      }
      let type = try reader.read(UInt32.self, "the type of '\(name)'")
      guard let format = BlockFormat(rawValue: type) else { throw reader.failure(.tensorType(type, tensor: name)) }
      let columns = shape.last ?? 1
      guard columns % format.blockSize == 0 else {
        throw reader.failure(
          .rowNotDivisible(tensor: name, columns: columns, format: format.name, blockSize: format.blockSize))
      }
      self.name = name
      self.shape = shape
      self.format = format
      offset = try reader.read(UInt64.self, "the offset of '\(name)'")
      byteCount = elements / format.blockSize * format.bytesPerBlock
    }

    /// Where the tensor lies in the file, which may be beyond its end.
    func range(from start: Int, alignment: Int, _ reader: GGUFReader) throws(GGUFError) -> Range<UInt64> {
      guard offset % UInt64(alignment) == 0 else {
        throw reader.failure(.tensorMisplaced(tensor: name, offset: offset, alignment: UInt64(alignment)))
      }
      let (begin, overflow) = offset.addingReportingOverflow(UInt64(start))
      let (end, overflow2) = begin.addingReportingOverflow(UInt64(byteCount))
      guard !overflow, !overflow2 else {
        throw reader.failure(.tensorOutOfFile(tensor: name, end: .max, size: UInt64(reader.fileSize)))
      }
      return begin..<end
    }
  }
}

extension GGUFTensorInfo {
  /// The entries with their places in the file: all inside, and none on another's.
  static func placed(_ infos: [Unplaced], at start: Int, alignment: Int, _ reader: GGUFReader) throws(GGUFError)
    -> [GGUFTensorInfo]
  {
    let ranges = try infos.map { info throws(GGUFError) in
      try info.range(from: start, alignment: alignment, reader)
    }
    let order = ranges.indices.sorted {
      (ranges[$0].lowerBound, ranges[$0].upperBound, $0) < (ranges[$1].lowerBound, ranges[$1].upperBound, $1)
    }
    let size = UInt64(reader.fileSize)
    if let first = order.first(where: { ranges[$0].upperBound > size }) {
      let end = ranges.reduce(0) { max($0, $1.upperBound) }
      throw reader.failure(.tensorOutOfFile(tensor: infos[first].name, end: end, size: size))
    }
    for (first, second) in zip(order, order.dropFirst()) where ranges[first].upperBound > ranges[second].lowerBound {
      throw reader.failure(.tensorsOverlap(first: infos[first].name, second: infos[second].name))
    }
    return zip(infos, ranges).map { info, range in
      GGUFTensorInfo(
        name: info.name, shape: info.shape, format: info.format, range: Int(range.lowerBound)..<Int(range.upperBound))
    }
  }
}
