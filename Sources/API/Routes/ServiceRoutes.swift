import Farm
import FarmService
import HTTPTypes
import Hummingbird

extension FarmRoutes {
    var serviceRoutes: [Route] {
        [
            .get("/api/v1/version/", "Gives the version of farmtop.", RouteShape(reply: "Version")) { _ in
                .json { json in json.object { $0.member("version", holder.version) } }
            },
            .get("/api/v1/users/me/", "Gives the account that the token acts for.", RouteShape(reply: "User"), user),
            .get(
                "/hc/", "Says whether farmtop serves.", access: .open,
                RouteShape(reply: "Text", replyType: "text/plain")
            ) { _ in
                // While farmtop stops, nobody gets here: every route is 503 then.
                .bytes(type: "text/plain; charset=utf-8", Array("ok".utf8))
            },
            .get(
                "/metrics", "Numbers of this process, for Prometheus; without a token only from this machine.",
                access: .openOnLoopback, RouteShape(reply: "Text", replyType: "text/plain"), metrics),
        ]
    }

    /// Prometheus text format 0.0.4. No names of printers, files or accounts.
    private func metrics(_: APIRequest) -> Response {
        let snapshot = service.snapshot()
        let load = snapshot.status.load
        func count(_ condition: PrinterCondition) -> Int { snapshot.printers.count { $0.condition == condition } }
        var text = ""
        func add(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP farmtop_\(name) \(help)\n# TYPE farmtop_\(name) \(type)\n"
            for sample in samples { text += "farmtop_\(name)\(sample.labels) \(sample.value)\n" }
        }
        add("requests_total", "counter", "Requests over TCP.", [("", "\(service.traffic.totalRequests)")])
        add(
            "rejected_credentials_total", "counter", "Wrong tokens and secrets.",
            [("", "\(snapshot.status.rejectedCredentials)")])
        add(
            "printers", "gauge", "Printers that are not archived, by condition.",
            PrinterCondition.allCases.map { ("{condition=\"\($0)\"}", "\(count($0))") })
        add("detector_queued_frames", "gauge", "Frames that wait.", [("", "\(load.queuedFrames)")])
        add("detector_frames_total", "counter", "Frames analysed.", [("", "\(load.analysedFrames)")])
        add("detector_rejected_frames_total", "counter", "Frames refused.", [("", "\(load.rejectedFrames)")])
        add(
            "detector_cancelled_frames_total", "counter", "Frames that left the queue because their clients went away.",
            [("", "\(load.cancelledFrames)")])
        add("detector_queued_bytes", "gauge", "Bytes of the frames that wait.", [("", "\(load.queuedBytes)")])
        add(
            "detector_last_frame_seconds", "gauge", "Decoding and network of the last frame.",
            [("", "\(load.lastMilliseconds / 1000)")])
        if let webhook = snapshot.status.webhook {
            add("webhook_pending", "gauge", "Notices that wait for the webhook.", [("", "\(webhook.pending)")])
            add("webhook_delivered_total", "counter", "Notices delivered.", [("", "\(webhook.delivered)")])
            add("webhook_dropped_total", "counter", "Notices given up.", [("", "\(webhook.dropped)")])
            add(
                "webhook_failing", "gauge", "1 when the last try failed.", [("", webhook.isFailing ? "1" : "0")])
            if let success = webhook.lastSuccessAt {
                add(
                    "webhook_last_success_timestamp_seconds", "gauge", "Of the last notice delivered.",
                    [("", "\(success.secondsSince1970)")])
            }
        }
        return .bytes(type: "text/plain; version=0.0.4; charset=utf-8", Array(text.utf8))
    }

    private func user(_ request: APIRequest) throws -> Response {
        let state = service.state
        let id = try request.caller().accountID
        guard let account = id.map({ state.accounts[$0] }) ?? state.accounts.values.min(by: { $0.id < $1.id }) else {
            throw APIError.notFound()
        }
        return .json { json in
            json.object { json in
                json.member("id", account.id)
                json.null("email")
                json.member("username", account.name)
                json.member("date_joined", account.createdAt)
                json.member("unseen_printer_events", Int64(0))
            }
        }
    }
}
