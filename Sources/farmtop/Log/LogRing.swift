import Dashboard
import Synchronization

/// The last lines that this process logged, for the log on the screen.
final class LogRing: Sendable {
    private struct Contents {
        var lines: [LogLine] = []
        var reader: (@Sendable ([LogLine]) -> Void)?
    }
    private let contents = Mutex(Contents())
    private let capacity: Int

    init(capacity: Int = 500) { self.capacity = capacity }

    func add(_ line: LogLine) {
        let reader = contents.withLock { contents in
            contents.lines.append(line)
            if contents.lines.count > capacity { contents.lines.removeFirst(contents.lines.count - capacity) }
            return contents.reader
        }
        reader?([line])
    }

    /// Hands over what was logged so far, and each line from now on. One reader; nil ends it.
    func follow(_ reader: (@Sendable ([LogLine]) -> Void)?) {
        let lines = contents.withLock { contents in
            contents.reader = reader
            return contents.lines
        }
        if !lines.isEmpty { reader?(lines) }
    }
}
