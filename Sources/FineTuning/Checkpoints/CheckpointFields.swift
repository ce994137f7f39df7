import Foundation
import JSONValue
import ModelFiles
import TensorCore

/// The fields of a JSON file in a checkpoint, each of which must be there and of its type.
struct CheckpointFields {
  private let folder: String
  private let file: String
  private let value: JSONValue

  /// More bytes than any such file has.
  private static let limit = 1 << 30

  /// Reads a file.
  ///
  /// - Throws: ``CheckpointError``, ``FileError``.
  init(_ file: String, in folder: String) throws {
    guard FileContents.exists("\(folder)/\(file)") else {
      throw CheckpointError(path: folder, reason: .missingFile(file))
    }
    guard let bytes = try FileContents.read("\(folder)/\(file)", atMost: Self.limit),
      let value = try? JSONValue(parsing: bytes.data), value.object != nil
    else { throw CheckpointError(path: folder, reason: .notJSON(file)) }
    self.init(folder, file, value)
  }

  private init(_ folder: String, _ file: String, _ value: JSONValue) {
    self.folder = folder
    self.file = file
    self.value = value
  }

  func failure(_ key: String) -> CheckpointError { CheckpointError(path: folder, reason: .field(key, file: file)) }

  func integer(_ key: String) throws(CheckpointError) -> Int { try require(value[key]?.integer, key) }

  /// A count of something.
  func count(_ key: String) throws(CheckpointError) -> Int {
    let count = try integer(key)
    guard count >= 0 else { throw failure(key) }
    return count
  }

  func number(_ key: String) throws(CheckpointError) -> Double { try require(value[key]?.number, key) }

  func bool(_ key: String) throws(CheckpointError) -> Bool { try require(value[key]?.bool, key) }

  func string(_ key: String) throws(CheckpointError) -> String { try require(value[key]?.string, key) }

  /// A case by its name.
  func choice<Choice>(_ key: String, _ names: [(Choice, String)]) throws(CheckpointError) -> Choice {
    let name = try string(key)
    return try require(names.first { $0.1 == name }?.0, key)
  }

  /// A value that may be missing or null.
  func optional<Result>(
    _ key: String, _ read: (String) throws(CheckpointError) -> Result
  ) throws(CheckpointError) -> Result? {
    guard let member = value[key], !member.isNull else { return nil }
    return try read(key)
  }

  /// Whether a field is there.
  func has(_ key: String) -> Bool { value[key].map { !$0.isNull } ?? false }

  /// The objects of an array.
  func list(_ key: String) throws(CheckpointError) -> [CheckpointFields] {
    try require(value[key]?.array, key).map { CheckpointFields(folder, file, $0) }
  }

  /// An object whose values are texts.
  func texts(_ key: String) throws(CheckpointError) -> [String: String] {
    let object = try require(value[key]?.object, key)
    let texts = object.compactMapValues(\.string)
    guard texts.count == object.count else { throw failure(key) }
    return texts
  }

  private func require<Result>(_ result: Result?, _ key: String) throws(CheckpointError) -> Result {
    guard let result else { throw failure(key) }
    return result
  }
}
