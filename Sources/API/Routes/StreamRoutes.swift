import Farm
import FarmService
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import Text
import WireSchema

/// Server-sent events (WHATWG HTML §9.2).
extension FarmRoutes {
    var streamRoutes: [Route] {
        [
            .get(
                "/api/v1/events/stream", "Streams what changes, as server-sent events.",
                RouteShape(reply: "EventStream", replyType: "text/event-stream", errors: [429]), eventStream)
        ]
    }

    private static let heartbeatInterval = Duration.seconds(15)
    /// Changes in between are told as one.
    private static let shortestInterval = Duration.milliseconds(20)

    private func eventStream(_ request: APIRequest) throws -> Response {
        let caller = try request.caller()
        let client: ClientID? = if case .client(let client) = caller { client.clientID } else { nil }
        guard let seat = streams.enter(client) else {
            throw APIError.detail(
                .tooManyRequests, "A client may have \(StreamCounts.limit) event streams open.",
                headers: [.retryAfter: "15"])
        }
        let lastID = request.headers[.lastEventID]
        // Events are written once for all streams: each reader gets the links by its own way to the farm.
        let base = pictures.publicURL
        let body = ResponseBody { writer in
            defer { withExtendedLifetime(seat) {} }
            let wakes = journal.wakes(every: wakeInterval(caller))
            // Without it a client that has gone would be noticed by the next event that cannot be written.
            request.body.watchClient(ClientWatch(isEndless: true, left: wakes.end))
            keepJournal()
            let resumed = resumedPlace(lastID)
            var place = resumed ?? journal.last
            // An id at once, so that also a client that never got an event can come back to its place.
            let start =
                version(id(place)) + (lastID != nil && resumed == nil ? Self.reset(id(place)) : "")
                + (service.databaseDamage != nil ? Self.serviceEvent(isDamaged: true).text(id: id(place)) : "")
            try await writer.write(ByteBuffer(string: ": the events follow\n" + start))
            for await wake in wakes.stream.cancelOnGracefulShutdown() {
                guard isStillValid(caller) else { break }
                var text = ""
                while let batch = journal.batch(after: place, for: caller) {
                    switch batch {
                    case .gap(let next):
                        text = Self.reset(id(next))
                        place = next
                    case .events(let events, let next):
                        text = events.map { $0.event.text(id: id($0.number)) }.joined()
                        place = next
                    }
                    if let mark = linkMark { text = text.replacing(mark, with: base) }
                    if !text.isEmpty { try await writer.write(ByteBuffer(string: text)) }
                }
                if wake == .time, text.isEmpty { try await writer.write(ByteBuffer(string: ": still here\n\n")) }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }

    /// Sees to it that somebody writes the journal: one task for all streams.
    private func keepJournal() {
        // Before the first reader has its place: what changes from here on is told.
        let start = service.snapshot()
        guard journal.begin() else { return }
        Task {
            var last = start
            for await case .snapshot(let snapshot) in service.updates() {
                let told = await PictureAddresses.linking(to: linkMark) { changes(from: last, to: snapshot) }
                journal.record(told)
                last = snapshot
                if journal.endIfUnwanted(at: .now) { return }
                do { try await Task.sleep(for: Self.shortestInterval) } catch { break }
            }
            journal.end()
        }
    }

    /// Until a quiet stream says that it is there, or sooner, when the token ends before.
    private func wakeInterval(_ caller: Caller) -> Duration {
        guard case .client(let client) = caller else { return Self.heartbeatInterval }
        let left = client.expiresAt.secondsSince1970 - now().secondsSince1970
        return min(Self.heartbeatInterval, .seconds(min(max(left, 0.1), 15)))
    }

    /// A token ends while its stream is open: by its age, by revocation, or with its client or account.
    private func isStillValid(_ caller: Caller) -> Bool {
        guard case .client(let client) = caller else { return true }
        let state = service.state
        guard let token = state.token(client.tokenID) else { return false }
        return state.effectiveScope(of: token, at: now())?.contains(.read) == true
    }

    /// A place in the stream; different after a restart, so that a client cannot take it for the same.
    private func id(_ place: UInt64) -> String { "\(holder.startedAt.microseconds)-\(place)" }

    /// The place that a client comes back to; nil without one, and when what followed it is no longer known.
    private func resumedPlace(_ lastID: String?) -> UInt64? {
        guard let parts = lastID?.split(separator: "-", omittingEmptySubsequences: false), parts.count == 2,
            parts[0] == "\(holder.startedAt.microseconds)", let place = UInt64(parts[1])
        else { return nil }
        if case .gap = journal.batch(after: place, for: .administrator) { return nil }
        return place
    }

    /// Tells which farmtop serves, so that a dashboard of another version can say which side to update.
    private func version(_ id: String) -> String {
        let json = JSONWriter.bytes { json in json.object { $0.member("version", holder.version) } }
        return StreamEvent(audience: .everybody, name: "version", json: json).text(id: id)
    }

    /// What is wrong with the farm itself, without what only its operator may know, such as paths.
    private static func serviceEvent(isDamaged: Bool) -> StreamEvent {
        let json = JSONWriter.bytes { json in json.object { $0.member("database_damaged", isDamaged) } }
        return StreamEvent(audience: .everybody, name: "service", json: json)
    }

    /// Tells a client that it missed something and must read anew.
    private static func reset(_ id: String) -> String {
        StreamEvent(audience: .everybody, name: "reset", json: Array("{}".utf8)).text(id: id)
    }

    private func changes(from old: FarmSnapshot, to new: FarmSnapshot) -> [StreamEvent] {
        let state = service.state
        var told: [StreamEvent] = []
        var removed: [PrinterSnapshot] = []
        // Both lists are sorted by id: those of the old one that come before the next of the new one are gone.
        var known = old.printers[...]
        for printer in new.printers {
            while let first = known.first, first.id < printer.id { removed.append(known.removeFirst()) }
            let previous = known.first?.id == printer.id ? known.removeFirst() : nil
            let audience = StreamEvent.Audience.account(printer.printer.accountID)
            if printer.hasNews(since: previous), let live = state.printers[printer.id] {
                told.append(StreamEvent(audience: audience, name: "printer", json: encoded.json(live)))
            }
            if let print = printer.print, print.told != previous?.print?.told {
                let json = JSONWriter.bytes {
                    $0.print(print, printer: printer.printer, notWatchingReason: printer.notWatchingReason)
                }
                told.append(StreamEvent(audience: audience, name: "print", json: json))
            }
            if let frame = printer.lastFrame,
                frame.number != previous?.lastFrame?.number || frame.createdAt != previous?.lastFrame?.createdAt
            {
                let json = JSONWriter.bytes {
                    $0.object(
                        ToldPrediction(
                            printer: printer.id, printer.printer.statistics,
                            failureProbability: printer.failureProbability, at: frame.createdAt))
                }
                told.append(StreamEvent(audience: audience, name: "prediction", json: json))
            }
        }
        told += (removed + known).map(removal)
        let isDamaged = new.status.databaseDamage != nil
        if isDamaged != (old.status.databaseDamage != nil) {
            told.append(Self.serviceEvent(isDamaged: isDamaged))
        }
        let last = old.events.last?.id ?? 0
        if last > 0, let first = new.events.first, first.id.rawValue > last.rawValue + 1 {
            // More happened at once than is kept: everybody has a gap.
            told.append(StreamEvent(audience: .everybody, name: "reset", json: Array("{}".utf8)))
        }
        for event in new.events where event.id > last {
            told += endedPrint(event, shown: new, state: state)
            let name = [.failureAlerted, .notWatched].contains(event.kind) ? "alert" : "printer_event"
            let json = JSONWriter.bytes { self.write(event, to: &$0) }
            told.append(StreamEvent(audience: .account(event.accountID), name: name, json: json))
        }
        return told + consentChanges(from: old.consents, to: new.consents)
    }

    /// A printer that was archived or deleted.
    private func removal(of printer: PrinterSnapshot) -> StreamEvent {
        StreamEvent(
            audience: .account(printer.printer.accountID), name: "removed",
            json: JSONWriter.bytes { json in json.object { $0.member("printer", printer.id) } })
    }

    /// Apps that began to wait for the operator, and those that wait no more.
    private func consentChanges(from old: [PendingConsent], to new: [PendingConsent]) -> [StreamEvent] {
        func event(_ consent: PendingConsent, isWaiting: Bool) -> StreamEvent {
            StreamEvent(
                audience: .administrator, name: "consent",
                json: JSONWriter.bytes { $0.consent(consent, isWaiting: isWaiting) })
        }
        let (before, after) = (Set(old.map(\.id)), Set(new.map(\.id)))
        return old.filter { !after.contains($0.id) }.map { event($0, isWaiting: false) }
            + new.filter { !before.contains($0.id) }.map { event($0, isWaiting: true) }
    }

    /// The end of a print that the printers above do not show: its printer was archived or deleted with it, or it counts
    /// no longer as just done.
    private func endedPrint(_ event: FarmEvent, shown: FarmSnapshot, state: FarmState) -> [StreamEvent] {
        guard event.kind == .ended, let live = state.printers[event.printerID], let print = live.lastPrint,
            print.id == event.printID, shown.printers.first(where: { $0.id == event.printerID })?.print?.id != print.id
        else { return [] }
        let json = JSONWriter.bytes {
            $0.print(print, printer: live.printer, notWatchingReason: live.notWatchingReason)
        }
        return [StreamEvent(audience: .account(event.accountID), name: "print", json: json)]
    }
}

extension Print {
    /// What the wire tells of it: another frame alone is no news.
    fileprivate var told: Print {
        var print = self
        print.frameCount = 0
        print.maxNormalizedP = 0
        print.isPauseSpent = false
        print.notWatchedAt = nil
        return print
    }
}
