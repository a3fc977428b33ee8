import Farm
import FarmService
import HTTPTypes
import Hummingbird
import Text
import WireSchema

extension FarmRoutes {
    var serviceRoutes: [Route] {
        [
            .get("/api/v1/version/", "Returns the version of farmtop.", RouteShape(reply: "Version")) { _ in
                .json { json in json.object { $0.member("version", holder.version) } }
            },
            .get("/api/v1/users/me/", "Returns the account that the token acts for.", RouteShape(reply: "User"), user),
            .get(
                "/hc/", "Health check.", access: .open,
                RouteShape(reply: "Text", replyType: "text/plain")
            ) { _ in
                // While farmtop stops, nobody gets here: every route is 503 then.
                .bytes(type: "text/plain; charset=utf-8", Array("ok".utf8))
            },
            .get(
                "/metrics", "Metrics for Prometheus; without a token only from this machine.",
                access: .openOnLoopback, RouteShape(reply: "Text", replyType: "text/plain"), metrics),
        ]
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
