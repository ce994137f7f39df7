import Foundation
import JupyterProtocol
import Testing

@Suite struct ConnectionFileTests {
  private let text = """
    {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5, "ip": "127.0.0.1",
     "key": "secret", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "quill", "later": [1]}
    """

  @Test func readsWhatJupyterWrites() throws {
    let file = try ConnectionFile(parsing: Data(text.utf8))
    #expect(file.endpoint(of: .shell) == "tcp://127.0.0.1:1")
    #expect(file.endpoint(of: .heartbeat) == "tcp://127.0.0.1:5")
    #expect(file.key == "secret")
    #expect(try ConnectionFile(parsing: file.serialized()) == file)
  }

  @Test func knowsIPv6AndSocketFiles() throws {
    var file = try ConnectionFile(parsing: Data(text.utf8))
    file.address = "::1"
    #expect(file.endpoint(of: .iopub) == "tcp://[::1]:2")
    #expect(file.socketPath(of: .iopub) == nil)
    file.transport = .ipc
    file.address = "/tmp/kernel"
    #expect(file.endpoint(of: .control) == "ipc:///tmp/kernel-4")
    #expect(file.socketPath(of: .control) == "/tmp/kernel-4")
  }

  @Test(arguments: [
    ("[]", "the connection file is not a JSON object"),
    ("{}", "the connection file has no 'shell_port'"),
    ("{\"transport\": \"pigeon\"}", "unknown transport 'pigeon', expected tcp or ipc"),
    ("{\"signature_scheme\": \"hmac-md5\"}", "unknown signature scheme 'hmac-md5', expected hmac-sha256"),
    ("{\"shell_port\": \"x\"}", "'shell_port' of the connection file is a string, expected an integer"),
    ("{\"shell_port\": 70000}", "port 70000 of the shell channel is out of range"),
  ])
  func saysWhatIsWrong(text: String, message: String) {
    let error = #expect(throws: ConnectionFileError.self) { try ConnectionFile(parsing: Data(text.utf8)) }
    #expect(error?.description == message)
  }

  @Test func saysWhichFileIsMissing() {
    let missing = URL(fileURLWithPath: "/nowhere/kernel.json")
    let error = #expect(throws: ConnectionFileError.self) { try ConnectionFile(contentsOf: missing) }
    #expect(error?.description.hasPrefix("cannot read connection file '/nowhere/kernel.json': ") == true)
  }
}
