import Datasets
import JSONValue
import Testing

/// What columns are taken for, and what a row then says.
struct RowFormTests {
  @Test(arguments: [
    (["text", "label"], "text rows (text)"), (["completion", "prompt"], "prompt–completion rows (prompt, completion)"),
    (["id", "messages"], "messages rows (messages)"),
    (["instruction", "input", "output", "text"], "alpaca rows (instruction, output, input)"),
    (["instruction", "output"], "alpaca rows (instruction, output)"),
    (["conversations"], "ShareGPT rows (conversations)"),
  ])
  func formsAreRecognised(_ columns: [String], _ description: String) throws {
    #expect(try RowForm(columns: columns).description == description)
  }

  @Test func unknownColumnsAreListedWithTheForms() {
    let error = #expect(throws: DatasetError.self) { try RowForm(columns: ["review", "stars"]) }
    #expect(error == .unknownRowForm(columns: ["review", "stars"]))
    #expect(error?.description.contains("review, stars") == true)
    #expect(error?.description.contains("prompt–completion (prompt, completion)") == true)
    #expect(error?.help?.contains(".renaming(\"review\", to: \"text\")") == true)
  }

  @Test func alpacaPromptIsStanfords() throws {
    let rows = try Dataset(rows: [
      ["instruction": "Name a bird.", "input": "", "output": "A swift."],
      ["instruction": "Translate.", "input": "Vogel", "output": "Bird"],
    ])
    #expect(
      try rows.rowForm.content(of: rows.row(0))
        == .completion(
          prompt: """
            Below is an instruction that describes a task. Write a response that appropriately completes the request.

            ### Instruction:
            Name a bird.

            ### Response:

            """, completion: "A swift."))
    guard case .completion(let prompt, "Bird") = try rows.rowForm.content(of: rows.row(1)) else {
      Issue.record("no completion")
      return
    }
    #expect(prompt.contains("paired with an input") && prompt.contains("### Input:\nVogel\n\n### Response:\n"))
  }

  @Test func speakersAreTranslated() throws {
    let rows = try Dataset(rows: [
      [
        "conversations": [
          ["from": "system", "value": "S"], ["from": "human", "value": "Q"], ["from": "gpt", "value": "A"],
        ]
      ],
      ["conversations": [["from": "narrator", "value": "Once"]]], ["conversations": [["who": "x"]]],
      ["conversations": "no list"],
    ])
    let form = try rows.rowForm
    #expect(
      try form.content(of: rows.row(0))
        == .messages([
          RowMessage(role: "system", content: "S"), RowMessage(role: "user", content: "Q"),
          RowMessage(role: "assistant", content: "A"),
        ]))
    let unknown = #expect(throws: DatasetError.self) { try form.content(of: rows.row(1)) }
    #expect(unknown?.description.hasPrefix("row 1, message 0: nobody is known as 'narrator'; known are") == true)
    #expect(
      throws: DatasetError.badConversation(column: "conversations", row: 2, message: 0, found: "an object with who")
    ) {
      try form.content(of: rows.row(2))
    }
    #expect(throws: DatasetError.badConversation(column: "conversations", row: 3, message: nil, found: "text")) {
      try form.content(of: rows.row(3))
    }
  }
}
