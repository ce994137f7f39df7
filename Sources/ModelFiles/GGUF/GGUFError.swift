/// What is wrong with a GGUF file.
package struct GGUFError: Error, Hashable {
  package enum Reason: Hashable, Sendable {
    /// The first bytes are others; up to 48 of them, by which other kinds of file are known.
    case notGGUF(found: [UInt8])
    case bigEndian
    case version(UInt32)
    /// The file ends before something that its header promises.
    case truncated(what: String, needed: UInt64, left: UInt64)
    /// A count or a length that no file of this size can hold.
    case absurd(what: String, value: UInt64, limit: UInt64)
    case valueType(UInt32, key: String)
    case nestedArray(key: String)
    case notUTF8(what: String)
    case emptyKey
    case duplicate(what: String)
    case alignment(UInt64)
    case tensorType(UInt32, tensor: String)
    case dimensions(UInt32, tensor: String)
    case rowNotDivisible(tensor: String, columns: Int, format: String, blockSize: Int)
    /// The file ends before this tensor does; `end` is where the last of all tensors should end.
    case tensorOutOfFile(tensor: String, end: UInt64, size: UInt64)
    case tensorMisplaced(tensor: String, offset: UInt64, alignment: UInt64)
    case tensorsOverlap(first: String, second: String)
    /// A model of a kind that Quill does not run.
    case architecture(String, known: [String])
    case missingKey(String)
    case wrongKey(String, expected: String)
    case missingTensor(String)
    /// A tensor that changes what the model computes, but not in a way that Quill knows.
    case unknownTensor(String)
    case tensorShape(String, found: [Int], expected: [Int])
    /// A tensor of numbers with which nothing can be computed.
    case tensorValues(String, expected: String)
    /// The keys of a split file contradict each other, the name of the file, or the other parts.
    case split(String, found: Int, expected: Int)
    /// A part of a split file whose name is not `…-00001-of-00003.gguf`, by which the others are found.
    case partName(expected: String)
    /// Another part of the same model is not there.
    case missingPart(String, of: Int)
  }

  package let path: String
  package let reason: Reason

  package init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}
