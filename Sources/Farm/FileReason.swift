import FoundationEssentials
import Glibc

/// Why a file could not be read or written, in the system's few words, as `no such file or directory`: to stand behind a colon,
/// without a full stop. What is no error of a file says its own description.
public func fileReason(_ error: any Error) -> String {
    if let error = error as? POSIXError { return words(error.code.rawValue) }
    guard let error = error as? CocoaError else {
        return error is DecodingError ? "it is not the JSON that belongs there" : "\(error)"
    }
    if let cause = error.userInfo["NSUnderlyingError"] as? POSIXError { return words(cause.code.rawValue) }
    return switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: words(ENOENT)
    case .fileWriteFileExists: words(EEXIST)
    case .fileReadNoPermission, .fileWriteNoPermission: words(EACCES)
    case .fileWriteOutOfSpace: words(ENOSPC)
    default: "the system gave no reason (\(error.code.rawValue))"
    }
}

private func words(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
