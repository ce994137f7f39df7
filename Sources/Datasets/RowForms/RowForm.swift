import JSONValue

/// What the columns of a data set mean for training, recognised by their names.
///
/// The names are those that TRL, Stanford Alpaca and ShareGPT use.
package struct RowForm: Sendable, Hashable {
  /// The forms that are known; where columns fit several, the first of them counts.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A conversation: `messages` with `role` and `content`.
    case messages
    /// A conversation: `conversations` with `from` and `value`.
    case shareGPT = "ShareGPT"
    /// A text and how it goes on, both texts or both lists of messages: `prompt`, `completion`.
    case promptCompletion = "prompt–completion"
    /// A task and its answer: `instruction`, `output` and perhaps `input`.
    case alpaca
    /// Text that is learned as it stands: `text`.
    case text

    /// The columns that a row of this form has.
    package var required: [String] {
      switch self {
      case .messages: ["messages"]
      case .shareGPT: ["conversations"]
      case .promptCompletion: ["prompt", "completion"]
      case .alpaca: ["instruction", "output"]
      case .text: ["text"]
      }
    }

    /// The columns that it may have besides.
    var optional: [String] { self == .alpaca ? ["input"] : [] }

    /// Whether a row says which part of it is the answer.
    package var hasCompletion: Bool { self != .text }
  }

  package let kind: Kind
  /// The columns that are read, in the form's order.
  package let columns: [String]
  /// The columns that are not read.
  package let otherColumns: [String]

  /// Recognises the form of rows with these columns.
  ///
  /// - Throws: ``DatasetError/unknownRowForm(columns:)``.
  package init(columns: [String]) throws(DatasetError) {
    guard let kind = Kind.allCases.first(where: { $0.required.allSatisfy(columns.contains) }) else {
      throw .unknownRowForm(columns: columns)
    }
    let read = kind.required + kind.optional.filter(columns.contains)
    self.kind = kind
    self.columns = read
    otherColumns = columns.filter { !read.contains($0) }
  }

  /// What a row says.
  ///
  /// - Throws: ``DatasetError`` that names the row and the column.
  package func content(of row: Row) throws(DatasetError) -> RowContent {
    switch kind {
    case .text: .text(try row.text)
    case .messages: .messages(try ConversationColumn(row, "messages").messages)
    case .shareGPT: .messages(try ConversationColumn(row, "conversations").messages)
    case .promptCompletion: try promptAndCompletion(of: row)
    case .alpaca: try alpaca(row)
    }
  }

  private func promptAndCompletion(of row: Row) throws(DatasetError) -> RowContent {
    guard row["prompt"]?.array != nil || row["completion"]?.array != nil else {
      return .completion(prompt: try row.text(in: "prompt"), completion: try row.text(in: "completion"))
    }
    // Only the completion is to be learned, even where the prompt has turns of the assistant.
    let prompt = try ConversationColumn(row, "prompt").messages.map {
      RowMessage(role: $0.role, content: $0.content, isCompletion: false)
    }
    return .messages(prompt + (try ConversationColumn(row, "completion").messages))
  }

  private func alpaca(_ row: Row) throws(DatasetError) -> RowContent {
    let input = row["input"] == nil || row["input"] == .null ? "" : try row.text(in: "input")
    let prompt = AlpacaPrompt.text(instruction: try row.text(in: "instruction"), input: input)
    return .completion(prompt: prompt, completion: try row.text(in: "output"))
  }
}

extension RowForm: CustomStringConvertible {
  /// The form and the columns that it was recognised by.
  package var description: String { "\(kind.rawValue) rows (\(columns.joined(separator: ", ")))" }
}

extension Dataset {
  /// What the columns mean for training.
  ///
  /// - Throws: ``DatasetError/unknownRowForm(columns:)``.
  package var rowForm: RowForm {
    get throws(DatasetError) { try RowForm(columns: columns) }
  }
}
