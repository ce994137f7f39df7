/// Text in and out: `print`, `readLine`, `clearOutput`, `help`.
enum OutputCommands {
  static let all: [Command] = [print, readLine, clearOutput, help]

  private static let streams = SymbolSet(
    "TextStream", "Where text goes.",
    [SymbolCase("stdout", "The usual output."), SymbolCase("stderr", "The output for warnings, shown in red.")])

  private static let print = Command.function(
    "print",
    [
      .variadic("items", .any, "What to write."),
      .labelled("separator", .string, default: " ", "Stands between the items."),
      .labelled("terminator", .string, default: "\n", "Stands after the last one."),
      .labelled("to", .symbol(streams), default: .dot("stdout"), "The stream."),
    ],
    "Writes values as text.", example: "print(\"a\", 1 + 1, separator: \", \")"
  ) { call in
    let text = call.array("items").map(\.description).joined(separator: call.string("separator"))
    let stream: TextStream = call.symbol("to").name == "stderr" ? .standardError : .standardOutput
    call.output.write(text + call.string("terminator"), to: stream)
    return .void
  }

  private static let readLine = Command.function(
    "readLine",
    [
      .unlabelled("prompt", .string, default: "", "Stands before the input."),
      .labelled("password", .bool, default: false, "Whether the input is hidden."),
    ],
    returns: .string, "Asks for a line of text."
  ) { call in
    .string(try call.output.readLine(prompt: call.string("prompt"), isPassword: call.bool("password")))
  }

  private static let clearOutput = Command.function(
    "clearOutput", [.labelled("wait", .bool, default: false, "Whether to keep it until there is something new.")],
    "Removes what the cell has shown so far.", example: "clearOutput(wait: true)",
    neighbours: ["IPython": "clear_output"]
  ) { call in
    call.output.clear(wait: call.bool("wait"))
    return .void
  }

  private static let help = Command.function(
    "help", [.unlabelled("name", .optional(.topic), "A command, a type, a variable, a leading-dot name.")],
    "Shows what a command does; without a name, what there is. A '?' behind a name at the end of a line does the same.",
    example: "help(print)"
  ) { call in
    let topic = call.optionalObject("name", as: HelpTopic.self) ?? .overview(call.registry.commands)
    _ = call.output.display(topic.display())
    return .void
  }
}
