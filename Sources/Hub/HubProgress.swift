/// How far a download is.
package struct HubProgress: Sendable, Hashable {
  package enum Activity: Sendable, Hashable {
    /// Bytes come in.
    case transferring
    /// What came in earlier is read, so that the checksum covers it.
    case checking
    /// The server asked to come again, or the connection broke; the next try is in so many seconds.
    case waiting(seconds: Double)
    /// Another process is downloading the same file.
    case waitingForOtherProcess
    /// The hub did not answer, for this reason, so that what the cache knows of the revision is taken.
    case takenFromCache(HubError)
    /// All files are there.
    case finished
  }

  package let activity: Activity
  /// The file in work, as the repository calls it.
  package let file: String
  /// Bytes that are there, over all files of the download.
  package let bytesDone: Int
  /// Bytes of all files of the download.
  package let bytesTotal: Int
  package let filesDone: Int
  package let filesTotal: Int

  package init(
    activity: Activity, file: String, bytesDone: Int, bytesTotal: Int, filesDone: Int, filesTotal: Int
  ) {
    self.activity = activity
    self.file = file
    self.bytesDone = bytesDone
    self.bytesTotal = bytesTotal
    self.filesDone = filesDone
    self.filesTotal = filesTotal
  }
}

/// Counts bytes and files and reports them at most ten times a second, and at the end.
final class ProgressMeter {
  private let report: (HubProgress) -> Void
  private let bytesTotal: Int
  private let filesTotal: Int
  private var bytesOfDoneFiles = 0
  private var filesDone = 0
  private var file = ""
  private var bytesOfFile = 0
  private var lastReport: ContinuousClock.Instant?

  init(files: [HubFile], report: @escaping (HubProgress) -> Void) {
    self.report = report
    bytesTotal = files.reduce(0) { $0 + $1.size }
    filesTotal = files.count
  }

  func begin(_ file: HubFile) {
    self.file = file.path
    bytesOfFile = 0
  }

  /// Notes how much of the file is there; reports when the last report is a tenth of a second old.
  func update(bytes: Int, activity: HubProgress.Activity = .transferring) {
    bytesOfFile = bytes
    let now = ContinuousClock.now
    if let lastReport, lastReport.duration(to: now) < .milliseconds(100) { return }
    lastReport = now
    send(activity)
  }

  /// Reports at once: something else goes on.
  func tell(_ activity: HubProgress.Activity) {
    lastReport = .now
    send(activity)
  }

  func end(_ file: HubFile) {
    bytesOfDoneFiles += file.size
    bytesOfFile = 0
    filesDone += 1
    if filesDone == filesTotal { send(.finished) }
  }

  private func send(_ activity: HubProgress.Activity) {
    report(
      HubProgress(
        activity: activity, file: file, bytesDone: bytesOfDoneFiles + bytesOfFile, bytesTotal: bytesTotal,
        filesDone: filesDone, filesTotal: filesTotal))
  }
}
