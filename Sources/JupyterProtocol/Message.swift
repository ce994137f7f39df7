import Foundation
import JSONValue

/// One message between a front end and a kernel.
public struct Message: Sendable, Equatable {
  /// The routing prefix: who the message came from, or goes to.
  ///
  /// On the iopub channel, the topic.
  public var identities: [Data]
  public var header: MessageHeader
  /// The header of the request that this message answers or belongs to.
  public var parent: MessageHeader?
  public var metadata: [String: JSONValue]
  public var content: [String: JSONValue]
  /// Binary attachments, unsigned and uninterpreted.
  public var buffers: [Data]

  public init(
    header: MessageHeader, parent: MessageHeader? = nil, metadata: [String: JSONValue] = [:],
    content: [String: JSONValue] = [:], buffers: [Data] = [], identities: [Data] = []
  ) {
    self.identities = identities
    self.header = header
    self.parent = parent
    self.metadata = metadata
    self.content = content
    self.buffers = buffers
  }

  /// A message of `type` that answers this one and goes back to where it came from.
  public func reply(_ type: String, session: String, content: [String: JSONValue]) -> Message {
    Message(
      header: MessageHeader(type: type, session: session), parent: header, content: content, identities: identities)
  }
}
