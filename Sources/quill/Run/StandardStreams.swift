import CommandLanguage
import Foundation

/// Standard output and standard error, written without a buffer.
enum StandardStreams {
  /// Writes all bytes; what a stream does not take is lost.
  static func write(_ data: Data, to stream: TextStream) {
    var rest = data[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(stream.descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return }
      rest = rest.dropFirst(written)
    }
  }

  static func write(_ text: String, to stream: TextStream) { write(Data(text.utf8), to: stream) }

  static func isTerminal(_ stream: TextStream) -> Bool { isatty(stream.descriptor) == 1 }
}

extension TextStream {
  fileprivate var descriptor: Int32 { self == .standardError ? STDERR_FILENO : STDOUT_FILENO }
}
