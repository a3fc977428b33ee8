import Dashboard
import Farm
import Foundation
import ServiceLifecycle

/// The farm as lines on standard output, until a signal comes, the farm ends or nobody reads any more.
struct PlainRunner: Service {
    let backend: any FarmBackend
    /// One JSON object a line.
    let isJSON: Bool

    func run() async throws {
        try await cancelWhenGracefulShutdown { [backend, isJSON] in
            var feed = PlainFeed(utcOffsetSeconds: TimeZone.current.secondsFromGMT())
            for await update in backend.updates() {
                let now = Timestamp.systemClock()
                let lines =
                    isJSON
                    ? feed.changes(update).map { JSONText(change: $0, at: now).description }
                    : feed.lines(update, at: now)
                guard try lines.isEmpty || Console.out(lines.joined(separator: "\n")) else { return }
            }
        }
    }
}

extension JSONText {
    /// `{"at": …, "type": …, …}`: what changed, with the fields that `printer show --json` has for a printer.
    init(change: PlainFeed.Change, at now: Timestamp) {
        let (type, members): (String, [(String, JSONText)]) =
            switch change {
            case .connected(let printers): ("connected", [("printers", .integer(Int64(printers)))])
            case .disconnected(let reason): ("disconnected", [("reason", .string(reason))])
            case .printer(let snapshot): ("printer", [("printer", JSONText(printer: snapshot, now: now))])
            case .removed(let id, let name):
                ("removed", [("printer", .object([("id", .integer(id.rawValue)), ("name", .string(name))]))])
            case .event(let event, let name):
                (
                    "event",
                    [
                        ("kind", .string(event.kind.rawValue)), ("severity", .string(event.severity.rawValue)),
                        ("printer", .object([("id", .integer(event.printerID.rawValue)), ("name", .string(name))])),
                        ("title", .string(event.title)), ("text", .string(event.text)),
                        ("created_at", JSONText(event.createdAt)),
                    ]
                )
            }
        self = .object([("at", JSONText(now)), ("type", .string(type))] + members)
    }
}
