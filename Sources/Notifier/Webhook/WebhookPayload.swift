internal import Farm
internal import FoundationEssentials

/// A notice in the words of the wire. Keys are sorted, so that the same notice has the same bytes.
struct WebhookPayload: Encodable {
    var notice: WebhookNotice
    /// Empty when there is no picture.
    var imageURL: String

    /// `{"event": "TestEvent"}`
    static let test = Array(#"{"event":"TestEvent"}"#.utf8)

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    private enum Key: String, CodingKey {
        case event, printer, print, type, id, name, filename
        case imageURL = "img_url"
        case isWarning = "is_warning"
        case printPaused = "print_paused"
        case pauseRequested = "pause_requested"
        case startedAt = "started_at"
        case endedAt = "ended_at"
    }

    func encode(to encoder: any Encoder) throws {
        var body = encoder.container(keyedBy: Key.self)
        var event = body.nestedContainer(keyedBy: Key.self, forKey: .event)
        try event.encode(notice.kind.rawValue, forKey: .type)
        if notice.kind == .failure {
            try event.encode(notice.isWarning, forKey: .isWarning)
            try event.encode(notice.isPrintPaused, forKey: .printPaused)
            try event.encode(notice.isPauseRequested, forKey: .pauseRequested)
        }
        var printer = body.nestedContainer(keyedBy: Key.self, forKey: .printer)
        try printer.encode(notice.printerID, forKey: .id)
        try printer.encode(notice.printerName, forKey: .name)
        try body.encode(imageURL, forKey: .imageURL)
        guard let printID = notice.printID else { return try body.encodeNil(forKey: .print) }
        var print = body.nestedContainer(keyedBy: Key.self, forKey: .print)
        try print.encode(printID, forKey: .id)
        try print.encode(notice.filename, forKey: .filename)
        try print.encode(notice.startedAt.secondsSince1970, forKey: .startedAt)
        // Seconds, or an empty text where there is no such moment: receivers written to Obico expect both.
        if let endedAt = notice.endedAt {
            try print.encode(endedAt.secondsSince1970, forKey: .endedAt)
        } else {
            try print.encode("", forKey: .endedAt)
        }
    }
}
