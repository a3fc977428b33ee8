public import Farm
internal import Text

/// Prints as a file for other programs.
public struct PrintExport: Equatable, Sendable {
    /// The kind of file; its raw value is the file's ending.
    public enum Format: String, Sendable, CaseIterable { case csv, json }
    /// As the person typed it; ends in .csv or .json.
    public var path: String
    /// By the path's ending.
    public var format: Format
    /// What printers are called now, where a print does not say it itself.
    public var printers: [PrinterID: String]
    /// Only prints whose file or printer has all of these words.
    public var search: String

    public init(path: String, format: Format, printers: [PrinterID: String], search: String = "") {
        self.path = path
        self.format = format
        self.printers = printers
        self.search = search
    }

    /// Those of the prints that are looked for.
    public func selected(_ prints: [Print]) -> [Print] {
        prints.filter { Self.matches($0, name($0) ?? "", search) }
    }

    private func name(_ print: Print) -> String? { print.printerName ?? printers[print.printerID] }

    static func matches(_ print: Print, _ printer: String, _ search: String) -> Bool {
        let words = search.lowercased().split(separator: " ")
        let text = words.isEmpty ? "" : "\(print.filename) \(printer)".lowercased()
        return words.allSatisfy { text.contains($0) }
    }

    /// The whole file, with every one of these prints.
    public func text(_ prints: [Print]) -> String {
        switch format {
        case .csv:
            return ([Self.columns.joined(separator: ",")] + prints.map { row($0).map(\.csv).joined(separator: ",") })
                .map { $0 + "\r\n" }.joined()
        case .json:
            let objects = prints.map { print in
                "  {" + zip(Self.columns, row(print)).map { "\"\($0)\": \($1.json)" }.joined(separator: ", ") + "}"
            }
            return objects.isEmpty ? "[]\n" : "[\n" + objects.joined(separator: ",\n") + "\n]\n"
        }
    }

    static let columns = [
        "id", "printer_id", "printer", "filename", "started_at", "ended_at", "result", "failure_reason", "print_time",
        "frames", "max_failure_probability", "max_normalized_p", "alerted_at", "alert_overwrite",
    ]

    private enum Field {
        case number(String)
        /// Made by the program itself.
        case word(String)
        case untrusted(String)
        case none

        /// RFC 4180. A text that a spreadsheet would run as a formula gets an apostrophe before it.
        var csv: String {
            switch self {
            case .number(let text), .word(let text): return text
            case .none: return ""
            case .untrusted(let text):
                let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
                let safe = isFormula ? "'" + text : text
                let needsQuotes = safe.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
                return needsQuotes
                    ? "\""
                        + safe.split(separator: "\"", omittingEmptySubsequences: false)
                        .joined(separator: "\"\"") + "\"" : safe
            }
        }

        /// RFC 8259.
        var json: String {
            switch self {
            case .number(let text): return text
            case .none: return "null"
            case .word(let text), .untrusted(let text):
                // What hides or turns text round in an editor is escaped too.
                return JSONString.quoted(text, escaping: .invisible)
            }
        }
    }

    private func row(_ print: Print) -> [Field] {
        func time(_ time: Timestamp?) -> Field { time.map { .word($0.description) } ?? .none }
        func number(_ value: Double?) -> Field { value.flatMap { $0.isFinite ? .number("\($0)") : nil } ?? .none }
        return [
            .number("\(print.id)"), .number("\(print.printerID)"),
            name(print).map { .untrusted($0) } ?? .none, .untrusted(print.filename),
            time(print.startedAt), time(print.endedAt), print.result.map { .word($0.rawValue) } ?? .none,
            print.failureReason.map { .untrusted($0) } ?? .none,
            number(print.printTime ?? print.endedAt?.seconds(since: print.startedAt)), .number("\(print.frameCount)"),
            number(print.maxFailureProbability), number(print.maxNormalizedP), time(print.alertedAt),
            print.alertOverwrite.map { .word($0.rawValue) } ?? .none,
        ]
    }
}
