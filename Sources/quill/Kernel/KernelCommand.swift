import ArgumentParser
import Commands
import Foundation
import Hub
import JupyterKernel
import JupyterProtocol
import Logging

/// `quill kernel`: what Jupyter starts.
struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel", abstract: "Run as a Jupyter kernel; this is what Jupyter starts.")

  @Option(help: ArgumentHelp("The file that says where the sockets are.", valueName: "file"))
  var connectionFile: String

  func run() throws {
    let connection = try ConnectionFile(contentsOf: URL(fileURLWithPath: connectionFile))
    var options = Kernel.Options()
    options.historyFile = URL(fileURLWithPath: QuillHome.history)
    let kernel = Kernel(engine: SessionEngine(), connection: connection, logger: .quill, options: options)
    // Not `exit`: a cell that did not heed its interruption still runs, in libraries that `exit` would take down.
    _exit(try kernel.run().status)
  }
}

extension KernelExit {
  /// The exit status: 0 when a front end ended the kernel, 1 when the kernel was left alone.
  fileprivate var status: Int32 {
    switch self {
    case .shutDown: 0
    case .parentEnded: 1
    }
  }
}

extension Logger {
  /// Logs to standard error, from the level that `QUILL_LOG` names on; warnings and errors without it.
  fileprivate static var quill: Logger {
    var logger = Logger(label: "quill") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = ProcessInfo.processInfo.environment["QUILL_LOG"].flatMap(Level.init(rawValue:)) ?? .warning
    return logger
  }
}
