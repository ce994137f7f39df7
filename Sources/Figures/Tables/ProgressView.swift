import Foundation
import JSONValue

/// How far a long command has got: a bar, figures, time left, and the last rows of its log.
///
/// A pure value; the caller makes a new one at each update and shows it in place of the one before.
/// ``UpdateThrottle`` says when an update is due.
package struct ProgressView: Figure, Hashable {
  package enum State: Sendable, Hashable { case running, finished, interrupted, failed }

  /// A named number that changes, such as `loss` and `2.31`.
  package struct Reading: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package var title: String
  package var state: State
  /// How much is done, from 0 to 1; `nil` while that is not known.
  package var fraction: Double?
  /// The step that was finished last and the number of steps.
  package var step: Int?
  package var steps: Int?
  /// What a step is called.
  package var unit: String
  package var readings: [Reading]
  /// Seconds since the start and, while running, until the end.
  package var elapsed: Double?
  package var remaining: Double?
  /// Shown below the bar.
  package var log: Table?

  /// - Parameter fraction: `nil` takes it from `step` and `steps`.
  package init(
    title: String, state: State = .running, fraction: Double? = nil, step: Int? = nil, steps: Int? = nil,
    unit: String = "step", readings: [Reading] = [], elapsed: Double? = nil, remaining: Double? = nil, log: Table? = nil
  ) {
    self.title = title
    self.state = state
    self.step = step
    self.steps = steps
    self.unit = unit
    self.readings = readings
    self.elapsed = elapsed
    self.remaining = remaining
    self.log = log
    self.fraction = fraction
    if fraction == nil, let step, let steps, steps > 0 { self.fraction = Double(step) / Double(steps) }
  }

  package func mimeBundle() -> [String: JSONValue] {
    ["text/html": .string(html()), "text/plain": .string(text())]
  }

  package func html() -> String {
    let bar: String =
      switch state {
      case .finished: HTML.element("span", ["style": "color:\(Color.series(2).css)"], "✓")
      case .failed: HTML.element("span", ["style": "color:\(Color.series(1).css)"], "✗")
      case .running, .interrupted:
        HTML.element("progress", progressAttributes, "")
      }
    let words = facts.map { HTML.element("span", ["style": "white-space:nowrap"], HTML.escaped($0)) }
    let line = HTML.element(
      "div", ["style": "margin:2px 0 6px 0;font-size:13px"],
      [HTML.element("b", [:], HTML.escaped(title)), bar, words.joined(separator: " · ")].joined(separator: " "))
    return HTML.figure(line + (log?.html() ?? ""))
  }

  /// A bar of 24 columns, the same facts, and the table.
  package func text() -> String {
    var parts = [title]
    switch state {
    case .finished: parts.append("✓")
    case .failed: parts.append("✗")
    case .running, .interrupted:
      if let share = bounded {
        parts.append("[" + TextLayout.padded(TextLayout.bar(share, width: 24), to: 24, alignment: .left) + "]")
      }
    }
    let line = (parts + [facts.joined(separator: " · ")]).joined(separator: " ")
    return TextLayout.joined([line] + (log.map { [$0.text()] } ?? []))
  }

  private var bounded: Double? { fraction.flatMap { $0.isFinite ? min(1, max(0, $0)) : nil } }

  /// Without a value the browser shows that something goes on.
  private var progressAttributes: KeyValuePairs<String, String> {
    let style = "width:220px;vertical-align:middle"
    guard let share = bounded else { return ["max": "1", "style": style] }
    return ["value": NumberText.significant(share, digits: 4), "max": "1", "style": style]
  }

  private var facts: [String] {
    var facts: [String] = []
    if state == .interrupted { facts.append("interrupted") }
    if state == .failed { facts.append("failed") }
    if state != .finished, let share = bounded { facts.append(NumberText.percent(share, decimals: 0)) }
    switch (step, steps) {
    case (let step?, let steps?): facts.append("\(unit) \(NumberText.count(step)) of \(NumberText.count(steps))")
    case (let step?, nil): facts.append("\(unit) \(NumberText.count(step))")
    default: break
    }
    facts += readings.map { $0.name.isEmpty ? $0.value : "\($0.name) \($0.value)" }
    if let elapsed { facts.append(NumberText.duration(seconds: elapsed) + (state == .running ? " elapsed" : "")) }
    if state == .running, let remaining, remaining.isFinite {
      facts.append("\(NumberText.duration(seconds: remaining)) left")
    }
    return facts
  }
}
