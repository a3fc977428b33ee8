import Dashboard
import Farm
import Glibc
import Logging
import Text

/// Log lines to standard error or a file: time, level, text, then `key=value`. Each is one write, so that lines of several
/// threads do not mix. What comes from outside is cleaned of control characters.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let write: @Sendable ([UInt8]) -> Void
    /// Where the screen takes the lines from too.
    private let ring: LogRing?

    init(level: Logger.Level) {
        self.init(level: level, ring: nil) { line in _ = Glibc.write(STDERR_FILENO, line, line.count) }
    }

    init(level: Logger.Level, file: LogFile) { self.init(level: level, ring: file.ring, write: file.write) }

    private init(level: Logger.Level, ring: LogRing?, write: @escaping @Sendable ([UInt8]) -> Void) {
        logLevel = level
        self.ring = ring
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let time = Timestamp.systemClock()
        var text = printable(event.message.description)
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            text += " \(key)=\(printable("\(value)"))"
        }
        ring?.add(
            LogLine(at: time, level: LogLine.Level(event.level), source: event.source.lowercased(), text: text))
        write(Array("\(time) \(event.level) \(text)\n".utf8))
    }
}

extension LogLine.Level {
    init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace, .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error, .critical: .error
            }
    }
}

extension Configuration.LogLevel {
    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
