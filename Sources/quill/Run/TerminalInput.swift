import CommandLanguage
import Foundation

/// A line of text from standard input.
enum TerminalInput {
  /// Asks for a line, and hides what is typed where it is a password.
  ///
  /// - Throws: `Interruption` on SIGINT, ``NoInput`` at the end of the input.
  static func readLine(prompt: String, isPassword: Bool, promptTo stream: TextStream = .standardOutput) throws -> String
  {
    StandardStreams.write(prompt, to: stream)
    guard isPassword, isatty(STDIN_FILENO) == 1 else { return try readLine() }
    var settings = termios()
    tcgetattr(STDIN_FILENO, &settings)
    let usual = settings
    settings.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    defer {
      var usual = usual
      tcsetattr(STDIN_FILENO, TCSADRAIN, &usual)
      StandardStreams.write("\n", to: stream)
    }
    return try readLine()
  }

  /// Reads byte by byte, so that the rest of the input is there for the next question.
  private static func readLine() throws -> String {
    var line: [UInt8] = []
    while true {
      var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, 100)
      if InterruptSignal.hasArrived { throw Interruption() }
      if count <= 0 { continue }
      var byte: UInt8 = 0
      let size = read(STDIN_FILENO, &byte, 1)
      if size < 0, errno == EINTR { continue }
      if size <= 0 {
        if line.isEmpty {
          throw NoInput(message: "there is no input to read", help: "give standard input a line for each question")
        }
        break
      }
      if byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}
