import ChatTemplates
import Foundation
import JSONValue
import TestSupport

/// What transformers printed, from `Tests/Fixtures/chat_templates`.
enum TemplateFixtures {
  /// How a rendering ended.
  enum Outcome: Equatable {
    case text(String)
    case raised(String)
    case failed

    init(_ json: JSONValue) {
      if let text = json.string ?? json["text"]?.string {
        self = .text(text)
      } else if let message = json["raised"]?.string {
        self = .raised(message)
      } else {
        self = .failed
      }
    }

    init(_ render: () throws(TemplateError) -> String) {
      do {
        self = .text(try render())
      } catch {
        if case .raised(let message) = error.reason { self = .raised(message) } else { self = .failed }
      }
    }
  }

  /// The time that the fixtures were made at.
  static let clock = TemplateClock(
    now: Date(timeIntervalSince1970: 1_720_256_707), timeZone: TimeZone(secondsFromGMT: 0) ?? .gmt)

  static func json(_ name: String) throws -> JSONValue { try Fixtures.json("chat_templates/\(name).json") }

  static func template(_ name: String) throws -> String {
    try String(contentsOfFile: Fixtures.path("chat_templates/templates/\(name).jinja"), encoding: .utf8)
  }

  static func variables() throws -> [String: TemplateValue] {
    try json("variables").object.map { $0.mapValues(TemplateValue.init(ordered:)) } ?? [:]
  }
}

extension TemplateValue {
  /// A value whose objects were written as lists of members.
  init(ordered json: JSONValue) {
    if let members = json["members"]?.array {
      self = .object(members.map { Member($0[0]?.string ?? "", TemplateValue(ordered: $0[1] ?? .null)) })
    } else if let elements = json.array {
      self = .array(elements.map(TemplateValue.init(ordered:)))
    } else {
      self = TemplateValue(json)
    }
  }

  var members: [Member] {
    if case .object(let members) = self { members } else { [] }
  }

  var elements: [TemplateValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }
}
