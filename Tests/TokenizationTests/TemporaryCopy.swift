import Foundation
import JSONValue
import TestSupport
import Testing

/// A copy of a fixture's folder, in which files can be changed.
struct TemporaryCopy {
  private let folder: TemporaryFolder

  var path: String { folder.path }

  init(of source: String) throws {
    folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: source) {
      try folder.write(Data(contentsOf: URL(filePath: "\(source)/\(name)")), to: name)
    }
  }

  /// Writes files into a new folder.
  init(files: [String: Data]) throws {
    folder = try TemporaryFolder()
    for (name, data) in files { try folder.write(data, to: name) }
  }

  func write(_ data: Data, to name: String) throws { try folder.write(data, to: name) }

  /// Changes the members of a JSON file.
  func changeJSON(_ name: String, _ change: (inout [String: JSONValue]) throws -> Void) throws {
    let json = try JSONValue(parsing: Data(contentsOf: URL(filePath: "\(path)/\(name)")))
    var members = try #require(json.object)
    try change(&members)
    try folder.write(JSONValue.object(members).serialized(), to: name)
  }
}
