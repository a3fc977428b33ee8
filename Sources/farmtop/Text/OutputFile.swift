import ArgumentParser
import Farm
import Foundation
import Glibc
import Text

/// A file that a command writes what it made into. One that is there already stays as it is, unless it is to be replaced.
struct OutputFile {
    let path: String
    let replaces: Bool

    init(_ path: String, replaces: Bool) {
        self.path = absolute(path)
        self.replaces = replaces
    }

    /// Asked before the work, so that nobody waits for what cannot be kept. A pipe or a device takes what it is given.
    func refuseExisting() throws(CommandFailure) {
        var status = stat()
        guard !replaces, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        throw .failed("\(printable(path)) exists already. Give another name, or --force to replace it.")
    }

    /// - Parameter again: this command has written the file before, and may once more.
    func write(_ bytes: [UInt8], again: Bool = false) throws(CommandFailure) {
        if !again { try refuseExisting() }
        var status = stat()
        // One that somebody makes in between stays as it is too.
        let options: Data.WritingOptions = !again && !replaces && stat(path, &status) != 0 ? .withoutOverwriting : []
        do { try Data(bytes).write(to: URL(filePath: path), options: options) } catch {
            throw .failed("\(printable(path)) cannot be written: \(fileReason(error)).")
        }
    }
}

struct ForceOption: ParsableArguments {
    @Flag(help: "Replace the file if there is one.") var force = false
}
