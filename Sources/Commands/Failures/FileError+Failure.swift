import CommandLanguage
import Foundation
import TensorCore

extension FileError: CommandFailure {
  package var message: String {
    switch reason {
    case .empty: "'\(path)' is empty"
    case .notARegularFile: "'\(path)' is a folder or a device, not a file"
    case .system(ENOENT): "there is no file '\(path)'"
    case .system(EACCES), .system(EPERM): "'\(path)' may not be opened: permission denied"
    case .system(ENOSPC), .system(EDQUOT): "there is no space left for '\(path)'"
    case .system(ENOTDIR), .system(EEXIST): "'\(path)' needs a folder where there is a file"
    case .system(EISDIR): "'\(path)' is a folder, not a file"
    case .system(EROFS): "'\(path)' is on a read-only file system"
    case .system(ENAMETOOLONG): "the path '\(path.prefix(60))…' is longer than the system allows"
    case .system(let code): "cannot open or write '\(path)': \(String(cString: strerror(code)).lowercased())"
    }
  }

  package var help: String? {
    switch reason {
    case .empty: "the download did not begin or was cut off: fetch it again"
    case .notARegularFile, .system(EISDIR): "give the path of a file in it"
    case .system(ENOENT):
      path.hasPrefix("/")
        ? "check the path: the completion of a string lists what is there"
        : "the path is relative to '\(FileManager.default.currentDirectoryPath)'"
    case .system(EACCES), .system(EPERM): "'ls -l' shows who may; a folder of your own works"
    case .system(ENOSPC), .system(EDQUOT): "make room, or write to another disk; nothing was overwritten"
    case .system(ENOTDIR), .system(EEXIST): "choose another name, or move the file away"
    case .system(EROFS): "write to a folder in your home"
    case .system(ENAMETOOLONG): "use a shorter one"
    case .system: "if it happens again, the disk or the network drive is at fault"
    }
  }
}
