/// Bytes of an event stream → events (WHATWG HTML §9.2.6). Comments, which keep the line open, are events without data.
struct ServerSentEvents {
    struct Event: Equatable {
        var name: String
        var data: [UInt8]
        /// The last that the stream gave until here.
        var id: String?
    }
    private var splitter: LineSplitter
    private var name = "message"
    private var id: String?

    init(limit: Int) { splitter = LineSplitter(limit: limit) }

    mutating func add(_ bytes: [UInt8]) throws(ControlError) -> [Event] {
        var events: [Event] = []
        for line in try splitter.add(bytes, path: "/api/v1/events/stream") {
            if line.starts(with: Array(":".utf8)) {
                events.append(Event(name: "comment", data: []))
            } else if let value = Self.value(of: line, field: "event:") {
                name = String(decoding: value, as: UTF8.self)
            } else if let value = Self.value(of: line, field: "id:") {
                // One that no header could carry back is none.
                if value.allSatisfy({ (0x20..<0x7F).contains($0) }) { id = String(decoding: value, as: UTF8.self) }
            } else if let value = Self.value(of: line, field: "data:") {
                // The API's JSON is one line an event.
                events.append(Event(name: name, data: value, id: id))
                name = "message"
            }
        }
        return events
    }

    private static func value(of line: [UInt8], field: String) -> [UInt8]? {
        guard line.starts(with: field.utf8) else { return nil }
        let rest = line.dropFirst(field.utf8.count)
        let value = rest.first == UInt8(ascii: " ") ? rest.dropFirst() : rest
        return Array(value.last == UInt8(ascii: "\r") ? value.dropLast() : value)
    }
}
