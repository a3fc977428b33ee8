import Farm
import Glibc
import Logging

/// Log lines to standard error or a file: time, level, text, then `key=value`. Each is one write, so that lines of several
/// threads do not mix. What comes from outside is cleaned of control characters.
struct StandardErrorLog: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let write: @Sendable ([UInt8]) -> Void

    init(level: Logger.Level) {
        self.init(level: level) { line in _ = Glibc.write(STDERR_FILENO, line, line.count) }
    }

    init(level: Logger.Level, file: LogFile) { self.init(level: level, write: file.write) }

    private init(level: Logger.Level, write: @escaping @Sendable ([UInt8]) -> Void) {
        logLevel = level
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(Timestamp.systemClock()) \(event.level) \(printable(event.message.description))"
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            line += " \(key)=\(printable("\(value)"))"
        }
        write(Array((line + "\n").utf8))
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
