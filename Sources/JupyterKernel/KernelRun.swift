import Dispatch
import Foundation
import JupyterProtocol
import Logging

/// One run of a kernel: its parts, put together.
struct KernelRun {
  /// The engine's recursion may be deep.
  ///
  /// Address space only, until it is used.
  private static let evaluationStackSize = 256 << 20
  /// How long a cell may take to heed its cancellation at the end; front ends kill the process after 2.5 seconds.
  private static let shutDownPatience = DispatchTimeInterval.milliseconds(1500)

  private let engine: any CellEngine
  private let sockets: KernelSockets
  private let wire: WireFormat
  private let publisher: Publisher
  private let input: StandardInput
  private let responder: RequestResponder
  private let outputs: MessageOutput.Context
  private let evaluation = EvaluationQueue()
  private let shellErrands = Mailbox<ShellLoop.Errand>()
  private let logger: Logger
  private let handlesInterruptSignal: Bool

  init(engine: any CellEngine, sockets: KernelSockets, key: String, logger: Logger, options: Kernel.Options) {
    self.engine = engine
    self.sockets = sockets
    self.logger = logger
    handlesInterruptSignal = options.handlesInterruptSignal
    wire = WireFormat(signer: MessageSigner(key: key))
    publisher = Publisher(
      outbox: Outbox(streamInterval: options.streamInterval), session: UUID().uuidString.lowercased())
    input = StandardInput(socket: sockets.stdin, wire: wire, session: publisher.session, logger: logger)
    let comms = Comms()
    responder = RequestResponder(
      engine: engine, history: History(file: options.historyFile, logger: logger), comms: comms)
    outputs = MessageOutput.Context(
      publisher: publisher, input: input, displays: Displays(), comms: comms, limit: options.outputLimit)
  }

  func run() -> KernelExit {
    let interrupt = WakeUp()
    if handlesInterruptSignal { InterruptSignal.install(waking: interrupt) }
    defer { if handlesInterruptSignal { InterruptSignal.uninstall() } }

    publisher.status(.starting, parent: nil)
    let heartbeat = WorkerThread(named: "heartbeat", HeartbeatLoop(socket: sockets.heartbeat).run)
    let iopub = WorkerThread(
      named: "iopub",
      PublishingLoop(
        socket: sockets.iopub, outbox: publisher.outbox, wire: wire, session: publisher.session, logger: logger
      ).run)
    let shell = WorkerThread(
      named: "shell",
      ShellLoop(
        socket: sockets.shell, errands: shellErrands, wire: wire, responder: responder, evaluation: evaluation,
        publisher: publisher, logger: logger
      ).run)
    let cells = WorkerThread(
      named: "evaluation", stackSize: Self.evaluationStackSize,
      EvaluationLoop(
        engine: engine, queue: evaluation, shell: shellErrands, publisher: publisher, history: responder.history,
        outputs: outputs
      ).run)
    let exit = ControlLoop(
      socket: sockets.control, wire: wire, responder: responder, evaluation: evaluation, input: input,
      publisher: publisher, interrupt: interrupt, parent: ParentProcess(), logger: logger
    ).run()

    stop(exit, cells: cells, shell: shell, iopub: iopub, heartbeat: heartbeat)
    return exit
  }

  /// Ends the threads in the order in which they feed each other, then closes the sockets.
  private func stop(
    _ exit: KernelExit, cells: WorkerThread, shell: WorkerThread, iopub: WorkerThread, heartbeat: WorkerThread
  ) {
    evaluation.shutDown(restarts: exit == .shutDown(restarts: true))
    input.wake()
    let hasStopped = cells.join(timeout: Self.shutDownPatience)
    if !hasStopped { logger.warning("the running cell did not stop; the kernel ends without it") }
    shellErrands.post(.stop)
    shell.join()
    publisher.outbox.post(.stop)
    iopub.join()
    sockets.removeFiles()
    // A cell that still runs may hold the stdin socket, and a context waits for all its sockets.
    guard hasStopped else { return }
    sockets.context.interruptSockets()
    heartbeat.join()
    for socket in [sockets.shell, sockets.control, sockets.iopub, sockets.heartbeat] { socket.close() }
    input.close()
    sockets.context.terminate()
  }
}
