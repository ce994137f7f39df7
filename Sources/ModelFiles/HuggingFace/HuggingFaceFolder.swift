import Foundation
import JSONValue
import TensorCore

/// A model as transformers saves it: a folder with `config.json` and `model.safetensors`, or several such files and an
/// index of them.
///
/// Nothing of the tensors is read when it is opened.
package struct HuggingFaceFolder: Sendable {
  package let path: String
  package let configuration: HuggingFaceKeys
  /// The files of weights in the order of their names.
  package let files: [SafetensorsFile]
  /// The index of the file of each tensor.
  private let places: [String: Int]

  /// Opens a folder and checks the headers of its files.
  ///
  /// - Throws: ``FileError``, ``HuggingFaceError``, ``SafetensorsError``.
  package init(path: String) throws {
    self.path = path
    configuration = try HuggingFaceKeys(path: path + "/config.json")
    let (files, indexed) = try Self.weights(in: path)
    var places: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      for name in file.tensors.keys.sorted() {
        guard places.updateValue(index, forKey: name) == nil else {
          throw HuggingFaceError(path: file.path, reason: .duplicateTensor(name))
        }
      }
    }
    for (name, file) in indexed.sorted(by: { $0.key < $1.key }) where places[name].map({ files[$0].path }) != file {
      throw HuggingFaceError(path: file, reason: .tensorNotInShard(name))
    }
    self.files = files
    self.places = places
  }

  /// The names of all tensors, sorted.
  package var tensorNames: [String] { places.keys.sorted() }

  /// The tensor of that name, or `nil`.
  package func tensor(_ name: String) -> SafetensorsFile.Tensor? { places[name].flatMap { files[$0].tensors[name] } }

  /// The bytes of a tensor of this folder, where they are mapped.
  package func data(of tensor: SafetensorsFile.Tensor) -> Bytes {
    guard let place = places[tensor.name] else { preconditionFailure("'\(tensor.name)' is of another folder") }
    return files[place].data(of: tensor)
  }

  /// The file that holds a tensor of that name, for messages; the folder when there is none.
  package func path(ofTensor name: String) -> String { places[name].map { files[$0].path } ?? path }

  /// Makes sure that no file was cut or written over since it was opened.
  ///
  /// - Throws: ``ChangedFileError``.
  package func checkUnchanged() throws(ChangedFileError) {
    for file in files { try file.checkUnchanged() }
  }
}

// MARK: - Finding the files

extension HuggingFaceFolder {
  private static let single = "model.safetensors"
  private static let index = "model.safetensors.index.json"
  /// Other forms in which weights are published; the first that is there is named.
  private static let unread = [
    "pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth", "tf_model.h5", "flax_model.msgpack",
  ]

  /// The opened files and, when there is an index, the path of each tensor's file.
  private static func weights(in folder: String) throws -> ([SafetensorsFile], [String: String]) {
    if FileContents.exists("\(folder)/\(single)") {
      return ([try SafetensorsFile(path: "\(folder)/\(single)")], [:])
    }
    guard FileContents.exists("\(folder)/\(index)") else {
      throw HuggingFaceError(
        path: folder, reason: .noSafetensors(found: unread.first { FileContents.exists("\(folder)/\($0)") }))
    }
    let list = try HuggingFaceKeys(path: "\(folder)/\(index)")
    let map = try list.required("weight_map", list.object("weight_map"))
    var paths: [String: String] = [:]
    for name in map.members.keys.sorted() {
      let file = try map.required(name, map.string(name))
      // A name, not a way out of the folder.
      guard file.hasSuffix(".safetensors"), !file.contains("/"), !file.contains("\\"), !file.hasPrefix(".") else {
        throw HuggingFaceError(path: list.path, reason: .shardName(file))
      }
      paths[name] = "\(folder)/\(file)"
    }
    let files = try Set(paths.values).sorted().map { path in
      do {
        return try SafetensorsFile(path: path)
      } catch let error as FileError where error.reason == .system(ENOENT) {
        throw HuggingFaceError(path: list.path, reason: .missingShard(String(path.dropFirst(folder.count + 1))))
      }
    }
    return (files, paths)
  }
}
