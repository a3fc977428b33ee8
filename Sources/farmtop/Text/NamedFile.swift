import Foundation
import Glibc
import Text

/// A file that a command was given by name, and why it cannot be read, in words.
struct NamedFile {
    var path: String

    init(_ path: String) { self.path = path }

    /// - Parameter orPipe: what a shell's `<(…)` gives will do too.
    /// - Throws: when there is no such file, it is a folder, a pipe or a device, or it may not be read.
    func require(orPipe: Bool = false) throws(CommandFailure) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .failed(sentence(errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFIFO where orPipe: break
        case S_IFDIR: throw .failed("\(printable(path)) is a folder. Name a file.")
        default: throw .failed("\(printable(path)) is no plain file. Save what it gives in a file, and name that.")
        }
        guard access(path, R_OK) == 0 else { throw .failed(sentence(errno)) }
    }

    func contents(orPipe: Bool = false) throws(CommandFailure) -> Data {
        try require(orPipe: orPipe)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .failed("\(printable(path)) cannot be read.")
        }
        return data
    }

    private func sentence(_ code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "There is no file \(printable(path))."
        case EACCES, EPERM: "This user may not read \(printable(path))."
        default: "\(printable(path)) cannot be read: \(String(cString: strerror(code)).lowercased())."
        }
    }
}
