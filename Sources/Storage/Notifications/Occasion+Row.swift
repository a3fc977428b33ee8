import Farm
import GRDB

extension Occasion: StoredRow {
    static let table = "notify_occasions"
    static let columns = [
        "id", "topic", "severity", "printer_id", "print_id", "printer_name", "filename", "text", "frame", "opened_at",
        "opened_steady", "over_since", "relapses", "answered_at", "answer", "actor", "actor_name",
    ]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            id.rawValue, topic.rawValue, severity.rawValue, printerID?.rawValue, printID?.rawValue, printerName,
            filename, text, frame, openedAt.microseconds, openedSteady.microseconds, overSince?.microseconds, relapses,
            answer?.at.microseconds, answer?.verb, answer?.actor.kind, answer?.actor.name,
        ]
    }

    init(_ row: StoredColumns) throws {
        self.init(
            id: try row.id("id"), topic: try row.word("topic"), severity: try row.word("severity"),
            printerID: try row.optionalID("printer_id"), printID: try row.optionalID("print_id"),
            printerName: try row.text("printer_name"), filename: try row.optionalText("filename"),
            text: try row.text("text"), frame: try row.optionalInteger("frame"), openedAt: try row.time("opened_at"),
            openedSteady: SteadyTime(microseconds: try row.integer("opened_steady")))
        overSince = try row.optionalInteger("over_since").map(SteadyTime.init(microseconds:))
        relapses = try row.integer("relapses")
        if let at = try row.optionalTime("answered_at") {
            answer = OccasionAnswer(
                actor: try row.actor("actor", named: "actor_name"), verb: try row.text("answer"), at: at)
        }
    }
}

/// What a channel has told of an occasion, as it is stored.
struct TellingRow: Equatable {
    var channel: String
    var occasion: OccasionID
    var telling: Telling
}

extension TellingRow: StoredRow {
    static let table = "notify_tellings"
    static let keyLength = 2
    static let columns = ["channel", "occasion_id", "first_at", "last_at", "count", "escalated", "recovered"]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [
            channel, occasion.rawValue, telling.firstAt.microseconds, telling.lastAt.microseconds, telling.count,
            telling.isEscalated, telling.isRecovered,
        ]
    }

    init(_ row: StoredColumns) throws {
        channel = try row.text("channel")
        occasion = try row.id("occasion_id")
        telling = Telling(at: SteadyTime(microseconds: try row.integer("first_at")))
        telling.lastAt = SteadyTime(microseconds: try row.integer("last_at"))
        telling.count = try row.integer("count")
        telling.isEscalated = try row.flag("escalated")
        telling.isRecovered = try row.flag("recovered")
    }
}

/// When a channel's messages of the last hour were made, as it is stored.
struct ChannelRow: Equatable {
    var channel: String
    var sent: [SteadyTime]
}

extension ChannelRow: StoredRow {
    static let table = "notify_channels"
    static let columns = ["channel", "recent"]
    static let upsert = upsertStatement()

    var values: [(any DatabaseValueConvertible)?] {
        [channel, sent.map { String($0.microseconds) }.joined(separator: " ")]
    }

    init(_ row: StoredColumns) throws {
        channel = try row.text("channel")
        sent = try row.decoded("recent") { text in
            let numbers = text.split(separator: " ").map { Int64($0) }
            return numbers.contains(nil) ? nil : numbers.compactMap { $0 }.map(SteadyTime.init(microseconds:))
        }
    }
}
