import CZeroMQ
import Foundation
import JupyterProtocol
import Logging

/// How a kernel came to its end.
public enum KernelExit: Sendable, Equatable {
  /// A front end asked for it, perhaps to start the kernel anew.
  case shutDown(restarts: Bool)
  /// The process that started the kernel is gone.
  case parentEnded
}

/// Why a kernel could not start.
public struct KernelError: Error, Equatable {
  /// What was to be done, such as `bind tcp://127.0.0.1:5555`.
  public var action: String
  /// What the system said to that.
  public var reason: String
}

extension KernelError: CustomStringConvertible {
  public var description: String { "cannot \(action): \(reason)" }
}

/// A Jupyter kernel: five sockets, five threads, and an engine that runs the cells.
public struct Kernel: Sendable {
  public struct Options: Sendable {
    /// Where the history is kept between sessions, as JSON Lines; `nil` to keep it in memory only.
    public var historyFile: URL?
    /// How long text of a stream is gathered before it is sent.
    public var streamInterval: Duration = .milliseconds(60)
    /// How much one request may show.
    public var outputLimit = OutputLimit()
    /// Whether SIGINT interrupts the running cell.
    ///
    /// One kernel of a process can have this.
    public var handlesInterruptSignal = true

    public init() {}
  }

  private let engine: any CellEngine
  private let connection: ConnectionFile
  private let logger: Logger
  private let options: Options

  /// - Parameter logger: Must not write to standard output when that is a pipe which nobody reads.
  public init(engine: any CellEngine, connection: ConnectionFile, logger: Logger, options: Options = Options()) {
    self.engine = engine
    self.connection = connection
    self.logger = logger
    self.options = options
  }

  /// Runs the kernel until a front end ends it.
  ///
  /// The calling thread becomes the control thread. When this returns the process should exit: a cell that does not heed its
  /// cancellation flag may still be running.
  ///
  /// - Throws: ``KernelError`` when a socket cannot be bound, as when its port has been taken meanwhile.
  public func run() throws(KernelError) -> KernelExit {
    let sockets: KernelSockets
    do {
      sockets = try KernelSockets(connection)
    } catch {
      throw KernelError(action: error.action, reason: error.reason)
    }
    return KernelRun(engine: engine, sockets: sockets, key: connection.key, logger: logger, options: options).run()
  }
}
