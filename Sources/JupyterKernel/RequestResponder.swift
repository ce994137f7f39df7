import JSONValue
import JupyterProtocol

/// The answers to the requests that need not wait for a running cell.
struct RequestResponder: Sendable {
  let engine: any CellEngine
  let history: History
  let comms: Comms

  /// The content of the reply, or `nil` for a message type that is not known.
  ///
  /// - Throws: ``ContentError`` when the content of the request has the wrong shape.
  func reply(to request: Message) throws(ContentError) -> [String: JSONValue]? {
    switch request.header.type {
    case "kernel_info_request": engine.languageInformation.kernelInfoReply
    case "complete_request": complete(try CompleteRequest(request.content))
    case "inspect_request": inspect(try InspectRequest(request.content))
    case "is_complete_request": isComplete(try IsCompleteRequest(request.content))
    case "history_request": history.reply(to: try HistoryRequest(request.content))
    case "comm_info_request": comms.information(target: request.content["target_name"]?.string)
    case "usage_request": ProcessUsage.reply()
    default: nil
    }
  }

  private func complete(_ request: CompleteRequest) -> [String: JSONValue] {
    let completions = engine.complete(request.code, cursor: request.cursor)
    let start = JSONValue.integer(completions.replaced.lowerBound)
    let end = JSONValue.integer(completions.replaced.upperBound)
    let types = completions.matches.map { match -> JSONValue in
      [
        "start": start, "end": end, "text": .string(match.text), "type": .string(match.type ?? ""),
        "signature": .string(match.signature ?? ""),
      ]
    }
    return [
      "status": "ok", "matches": .array(completions.matches.map { .string($0.text) }),
      "cursor_start": start, "cursor_end": end,
      // Not in the protocol's text, but JupyterLab and IPython read it for icons and signatures.
      "metadata": ["_jupyter_types_experimental": .array(types)],
    ]
  }

  private func inspect(_ request: InspectRequest) -> [String: JSONValue] {
    let data = engine.inspect(request.code, cursor: request.cursor, detail: request.detail)
    return ["status": "ok", "found": .bool(data != nil), "data": .object(data ?? [:]), "metadata": [:]]
  }

  private func isComplete(_ request: IsCompleteRequest) -> [String: JSONValue] {
    switch engine.isComplete(request.code) {
    case .complete: ["status": "complete"]
    case .incomplete(let indent): ["status": "incomplete", "indent": .string(indent)]
    case .invalid: ["status": "invalid"]
    case .unknown: ["status": "unknown"]
    }
  }
}

extension Message {
  /// The type of the message that answers this request, such as `execute_reply`.
  var replyType: String {
    header.type.hasSuffix("_request") ? header.type.dropLast("request".count) + "reply" : header.type + "_reply"
  }

  /// The content of the reply to a request whose content cannot be used.
  static func reply(to error: ContentError) -> [String: JSONValue] {
    Message.reply(to: CellError(name: "InvalidRequest", message: "\(error)"))
  }

  /// The content of the reply to a request that failed.
  static func reply(to error: CellError) -> [String: JSONValue] {
    error.content.merging(["status": "error"], uniquingKeysWith: { _, new in new })
  }
}
