import Glibc

/// Standard output and standard error, whole texts at a time.
enum Console {
    /// - Returns: false when nobody reads any more.
    @discardableResult
    static func out(_ text: String) -> Bool { write(text, to: STDOUT_FILENO) }
    static func error(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// With a line end if there is none. A reader that went away is nobody to tell.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array((text.hasSuffix("\n") ? text : text + "\n").utf8)
        var start = 0
        while start < bytes.count {
            let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                return false
            }
            start += written
        }
        return true
    }
}
