import Foundation
import JSONValue

/// A two-way channel between a value in the kernel and its twin in the front end, such as a slider.
public struct Comm: Sendable, Hashable {
  public var id: String
  /// Who is responsible at either end, such as `jupyter.widget`.
  public var target: String

  public init(id: String, target: String) {
    self.id = id
    self.target = target
  }
}

/// What goes over a comm.
public struct CommMessage: Sendable, Equatable {
  public var data: JSONValue
  public var metadata: [String: JSONValue]
  public var buffers: [Data]

  public init(data: JSONValue = [:], metadata: [String: JSONValue] = [:], buffers: [Data] = []) {
    self.data = data
    self.metadata = metadata
    self.buffers = buffers
  }
}
