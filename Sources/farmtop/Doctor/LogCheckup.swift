import FarmConfiguration
import Foundation
import Glibc

/// Whether the log file can be written, without writing it.
struct LogCheckup {
    let settings: Settings

    func finding() -> Finding {
        let path: String
        do throws(ConfigurationError) {
            path = try settings.logFile()
        } catch {
            return .fail("log", error)
        }
        let next = "Make it writable for you, or set log.file elsewhere."
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else { return .fail("log", "\(path) is a folder.", next: next) }
            guard access(path, W_OK) == 0 else {
                return .fail("log", "\(path) cannot be written: \(lastError()).", next: next)
            }
            return .ok("log", "\(path) can be written (\(mebibytes(Int64(status.st_size)))).")
        }
        // The first folder above it that is there has to let the rest be made.
        var folder = URL(filePath: path).deletingLastPathComponent()
        while access(folder.path, F_OK) != 0, folder.path != "/" { folder = folder.deletingLastPathComponent() }
        guard stat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            return .fail("log", "\(path) cannot be made: \(folder.path) is not a folder.", next: next)
        }
        guard access(folder.path, W_OK | X_OK) == 0 else {
            return .fail("log", "\(path) cannot be made in \(folder.path): \(lastError()).", next: next)
        }
        return .ok("log", "\(path) will be made when there is something to say.")
    }
}
