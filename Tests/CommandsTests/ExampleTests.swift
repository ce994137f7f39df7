import CommandLanguage
import Commands
import Testing

/// Every command's example runs, on the real model.
@Suite(.serialized)
struct ExampleTests {
  static let commands = CommandRegistry.quill.commands.filter { !$0.example.isEmpty }

  @Test(arguments: commands.indices)
  func exampleRuns(index: Int) {
    let command = Self.commands[index]
    let session = CommandSession()
    #expect(throws: Never.self, "\(command.qualifiedName): \(command.example)") { try session.run(command.example) }
  }

  /// What a student meets has a sentence, and every free function an example.
  @Test func commandsAreDescribed() {
    for command in CommandRegistry.quill.commands {
      #expect(command.summary.hasSuffix("."), "\(command.qualifiedName)")
      for parameter in command.parameters {
        #expect(parameter.summary.hasSuffix("."), "\(command.qualifiedName) \(parameter.name)")
      }
    }
  }

  @Test func referencePageNamesEveryCommand() {
    let page = CommandRegistry.quill.referencePage()
    for command in CommandRegistry.quill.commands {
      let name = command.kind == .subscript ? "\(command.receiver?.description ?? "")[" : command.name
      #expect(page.contains(name), "\(command.qualifiedName)")
    }
  }
}
