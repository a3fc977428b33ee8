import Glibc
import Text

/// Standard output and standard error, whole texts at a time.
enum Console {
    /// - Returns: false when nobody reads any more, and there is nobody to tell.
    /// - Throws: when it cannot be written, as to a file on a full disk.
    @discardableResult
    static func out(_ text: String) throws(OutputFailure) -> Bool {
        switch write(text, to: STDOUT_FILENO) {
        case 0: return true
        case EPIPE: return false
        case let code: throw OutputFailure(code: code)
        }
    }

    /// Where this fails there is no other place to say it.
    static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// A question on standard error; the answer is typed behind it.
    static func ask(_ question: String) { _ = write(bytes: Array(question.utf8), to: STDERR_FILENO) }

    /// A person may watch standard error.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Asks for a yes.
    /// - Parameter refused: what is said to anything else: "Nothing was removed."
    /// - Throws: where nobody can be asked, or says no.
    static func confirm(_ question: String, refused: String) throws(CommandFailure) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw .usage("\(printable(question)) Nobody can be asked here: say --yes.")
        }
        ask("\(printable(question)) [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { throw .failed(refused) }
    }

    /// With a line end if there is none.
    /// - Returns: 0, or what stopped it.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        write(bytes: Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: descriptor)
    }

    private static func write(bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            start += written
        }
        return 0
    }
}

/// Standard output took less than it was given.
struct OutputFailure: Error {
    /// As `errno` has it.
    var code: Int32
    var message: String { "The output cannot be written: \(String(cString: strerror(code)))." }
}
