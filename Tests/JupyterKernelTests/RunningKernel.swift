import Dispatch
import Foundation
import JSONValue
import JupyterKernel
import JupyterProtocol
import Logging
import Synchronization

/// An engine whose cells are what a test says.
final class TestEngine: CellEngine {
  typealias Body = @Sendable (Cell, any CellOutput, CancellationFlag) -> CellOutcome

  let languageInformation = LanguageInformation(
    implementation: "test", implementationVersion: "1", banner: "Test", name: "test", version: "1",
    mimeType: "text/x-test", fileExtension: ".test")
  let events = Mutex<[String]>([])
  private let body: Body

  init(_ body: @escaping Body) {
    self.body = body
  }

  func execute(_ cell: Cell, output: any CellOutput, cancellation: CancellationFlag) -> CellOutcome {
    switch cell.code {
    case "loop":
      while !cancellation.isCancelled { usleep(1000) }
      return .interrupted
    case "fail": return .error(CellError(name: "Failure", message: "as asked"))
    default: return body(cell, output, cancellation)
    }
  }

  func evaluate(_ expression: String, cancellation: CancellationFlag) throws(CellError) -> MIMEBundle {
    guard expression == "one" else { throw CellError(name: "NameError", message: expression) }
    return ["text/plain": "1"]
  }

  func complete(_ code: String, cursor: Int) -> Completions {
    Completions(matches: [.init(code + "!", type: "function", signature: "()")], replacing: 0..<cursor)
  }

  func inspect(_ code: String, cursor: Int, detail: Int) -> MIMEBundle? {
    code == "known" ? ["text/plain": .string("detail \(detail) at \(cursor)")] : nil
  }

  func isComplete(_ code: String) -> Completeness {
    switch code {
    case "{": .incomplete(indent: "  ")
    case ")": .invalid
    default: .complete
    }
  }

  func commOpened(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) -> Bool {
    comm.target == "echo"
  }

  func commReceived(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) {
    output.sendComm(comm.id, message: message)
  }

  func commClosed(_ comm: Comm, message: CommMessage, output: any CellOutput, cancellation: CancellationFlag) {
    events.withLock { $0.append("closed \(comm.target)") }
  }

  func shutDown(restarts: Bool) {
    events.withLock { $0.append("shut down, restarts: \(restarts)") }
  }
}

/// A kernel on threads of the test's process, with a front end that is connected to it.
final class RunningKernel {
  let connection: ConnectionFile
  let frontEnd: FrontEnd
  private let ending = Ending()
  private let folder: URL

  /// Starts a kernel over ipc and waits until its iopub welcomes the front end.
  convenience init(options: Kernel.Options = testOptions, _ body: @escaping TestEngine.Body = { _, _, _ in .ok }) throws
  {
    try self.init(engine: TestEngine(body), options: options)
  }

  init(engine: any CellEngine, options: Kernel.Options = testOptions, connection: ConnectionFile? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "kernel-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let ports = Dictionary(uniqueKeysWithValues: Channel.allCases.enumerated().map { ($1, $0) })
    self.connection =
      connection
      ?? ConnectionFile(transport: .ipc, address: folder.appending(path: "k").path, ports: ports, key: "secret")
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let kernel = Kernel(engine: engine, connection: self.connection, logger: logger, options: options)
    frontEnd = FrontEnd(self.connection)
    start(kernel)
    let welcome = try frontEnd.receive(on: .iopub)
    guard welcome.header.type == "iopub_welcome", welcome.content["subscription"] == "" else {
      throw FrontEnd.Silence(channel: .iopub)
    }
  }

  /// How the kernel's thread ended.
  private final class Ending: Sendable {
    let result = Mutex<Result<KernelExit, KernelError>?>(nil)
    let hasCome = DispatchSemaphore(value: 0)
  }

  private func start(_ kernel: Kernel) {
    Thread.detachNewThread { [ending] in
      let result = Result { () throws(KernelError) in try kernel.run() }
      ending.result.withLock { $0 = result }
      ending.hasCome.signal()
    }
  }

  /// Asks the kernel to end.
  @discardableResult
  func shutDown(restarts: Bool = false) throws -> (reply: Message, exit: KernelExit?) {
    let request = frontEnd.send("shutdown_request", ["restart": .bool(restarts)], on: .control)
    let reply = try frontEnd.reply(to: request, on: .control)
    return (reply, try waitForExit())
  }

  func waitForExit(seconds: Double = 10) throws -> KernelExit? {
    guard ending.hasCome.wait(timeout: .now() + seconds) == .success else { return nil }
    try? FileManager.default.removeItem(at: folder)
    return try ending.result.withLock { $0 }?.get()
  }

  static var testOptions: Kernel.Options {
    var options = Kernel.Options()
    options.handlesInterruptSignal = false
    return options
  }
}
