import Farm
import FarmService
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Server-sent events (WHATWG HTML §9.2).
extension FarmRoutes {
    var streamRoutes: [Route] {
        [
            .get(
                "/api/v1/events/stream", "Tells what changes, as it changes.",
                RouteShape(reply: "EventStream", replyType: "text/event-stream", errors: [429]), eventStream)
        ]
    }

    private static let heartbeatInterval = Duration.seconds(15)

    private func eventStream(_ request: APIRequest) throws -> Response {
        let caller = try request.caller()
        let client: ClientID? = if case .client(let client) = caller { client.clientID } else { nil }
        guard streams.enter(client) else {
            throw APIError.detail(
                .tooManyRequests, "A client may have \(StreamCounts.limit) event streams open.",
                headers: [.retryAfter: "15"])
        }
        let lastID = request.headers[.lastEventID]
        let body = ResponseBody { writer in
            defer { streams.leave(client) }
            var last: FarmSnapshot?
            let events = snapshotsAndHeartbeats(service.updates(), every: Self.heartbeatInterval)
            for await event in events.cancelOnGracefulShutdown() {
                guard isStillValid(caller) else { break }
                let text: String
                switch event {
                case .heartbeat: text = ": still here\n\n"
                case .snapshot(let snapshot):
                    text = last.map { changes(from: $0, to: snapshot, for: caller) } ?? opening(snapshot, after: lastID)
                    last = snapshot
                }
                if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// A token ends while its stream is open: by its age, by revocation, or with its client or account.
    private func isStillValid(_ caller: Caller) -> Bool {
        guard case .client(let client) = caller else { return true }
        let state = service.state
        guard let token = state.token(client.tokenID), token.revokedAt == nil, token.expiresAt > now() else {
            return false
        }
        return state.clients[token.clientID]?.disabledAt == nil && state.accounts[token.accountID]?.disabledAt == nil
    }

    /// The place in the stream; different after a restart, so that a client cannot take it for the same.
    private func id(_ snapshot: FarmSnapshot) -> String { "\(holder.startedAt.microseconds)-\(snapshot.revision)" }

    /// `reset` tells a client that comes back that it missed something and must read anew.
    private func opening(_ snapshot: FarmSnapshot, after lastID: String?) -> String {
        guard let lastID, lastID != id(snapshot) else { return ": the events follow\n\n" }
        return Self.event("reset", id: id(snapshot), Array("{}".utf8))
    }

    private func changes(from old: FarmSnapshot, to new: FarmSnapshot, for caller: Caller) -> String {
        let before = Dictionary(old.printers.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let state = service.state
        let place = id(new)
        var text = ""
        for printer in new.printers where caller.mayAccess(printer.printer.accountID) {
            let previous = before[printer.id]
            if let live = state.printers[printer.id], hasNews(printer, since: previous) {
                text += Self.event("printer", id: place, encoded.json(live))
            }
            if let print = printer.print, print != previous?.print {
                let json = JSONWriter.bytes {
                    $0.print(print, printer: printer.printer, notWatchingReason: printer.notWatchingReason)
                }
                text += Self.event("print", id: place, json)
            }
            if let frame = printer.lastFrame, frame != previous?.lastFrame {
                let json = JSONWriter.bytes {
                    $0.prediction(printer: printer.id, printer.printer.statistics, at: frame.receivedAt)
                }
                text += Self.event("prediction", id: place, json)
            }
        }
        let known = old.events.last?.id ?? 0
        if known > 0, let first = new.events.first, first.id.rawValue > known.rawValue + 1 {
            // More happened at once than is kept: this client has a gap.
            text += Self.event("reset", id: place, Array("{}".utf8))
        }
        for event in new.events where event.id > known && caller.mayAccess(event.accountID) {
            text += endedPrint(event, shown: new, state: state, id: place)
            let name = [.failureAlerted, .notWatched].contains(event.kind) ? "alert" : "printer_event"
            text += Self.event(name, id: place, JSONWriter.bytes { self.write(event, to: &$0) })
        }
        return text
    }

    /// The end of a print that the printers above do not show: its printer was archived or deleted with it, or it counts
    /// no longer as just done.
    private func endedPrint(
        _ event: FarmEvent, shown: FarmSnapshot, state: FarmState, id: String
    ) -> String {
        guard event.kind == .ended, let live = state.printers[event.printerID], let print = live.lastPrint,
            print.id == event.printID, shown.printers.first(where: { $0.id == event.printerID })?.print?.id != print.id
        else { return "" }
        return Self.event(
            "print", id: id,
            JSONWriter.bytes {
                $0.print(print, printer: live.printer, notWatchingReason: live.notWatchingReason)
            })
    }

    /// A change that is not just another frame's numbers.
    private func hasNews(_ printer: PrinterSnapshot, since previous: PrinterSnapshot?) -> Bool {
        guard let previous else { return true }
        return printer.printer.settings != previous.printer.settings
            || printer.printer.archivedAt != previous.printer.archivedAt
            || printer.printer.currentPrintID != previous.printer.currentPrintID
            || printer.notWatchingReason != previous.notWatchingReason || printer.condition != previous.condition
    }

    /// JSON has no line breaks in it, so one data line is enough.
    private static func event(_ name: String, id: String, _ json: [UInt8]) -> String {
        "id: \(id)\nevent: \(name)\ndata: \(String(decoding: json, as: UTF8.self))\n\n"
    }
}
