import API
import Farm
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

/// A webhook that has had its troubles.
private struct TroubledNotifier: FarmNotifier {
    var status: ChannelStatus {
        var status = ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true)
        status.pending = 3
        status.delivered = 40
        status.dropped = 2
        status.noteSuccess(at: Timestamp(secondsSince1970: 1_800_000_000))
        status.noteFailure("answered 500", at: Timestamp(secondsSince1970: 1_800_000_001), isGivenUp: false)
        return status
    }
    func wake() {}
    func sendTest() async -> ChannelTestResult {
        ChannelTestResult(
            channel: "webhook", receiver: "https://hooks.example.org", error: "answered 500", answer: nil,
            milliseconds: 12)
    }
}

@Suite("The state of the webhook", .timeLimit(.minutes(20)))
struct WebhookStateTests {
    @Test("the metrics count what waits, what got through and what did not, and name nobody", arguments: Way.allCases)
    func metrics(way: Way) async throws {
        try await FarmFixture(notifier: TroubledNotifier()).run(way) { app in
            let text = try await App(client: app.client).get("/metrics").text
            for line in [
                "farmtop_webhook_pending 3", "farmtop_webhook_delivered_total 40", "farmtop_webhook_dropped_total 2",
                "farmtop_webhook_failing 1", "farmtop_webhook_last_success_timestamp_seconds 1800000000.0",
            ] {
                #expect(text.contains("\n\(line)\n"))
            }
            #expect(!text.contains("hooks"))
        }
        try await FarmFixture().run(way) { app in
            let text = try await App(client: app.client).get("/metrics").text
            #expect(!text.contains("webhook"))
        }
    }

    @Test("the control socket tells the state and sends a test; without a webhook it says how to get one")
    func control() async throws {
        func ask(_ farm: FarmFixture, _ action: FarmAction) async throws -> (status: Int, body: Data) {
            let body = try JSONEncoder().encode(action)
            return try await farm.server.controlApplication(path: "/nowhere").test(.router) { client in
                let reply = try await App(client: client).send(.post, "/control/actions/", Array(body))
                return (reply.status, Data(reply.bytes))
            }
        }
        let farm = try await FarmFixture(notifier: TroubledNotifier())
        let state = try await ask(farm, .webhookStatus)
        #expect(try JSONDecoder().decode(FarmReply.self, from: state.body) == .webhook(TroubledNotifier().status))
        let test = try await ask(farm, .testWebhook)
        let result = await TroubledNotifier().sendTest()
        #expect(try JSONDecoder().decode(FarmReply.self, from: test.body) == .webhookTest(result))
        let none = try await ask(try await FarmFixture(), .webhookStatus)
        #expect(none.status == 404)
        #expect(try JSONDecoder().decode(FarmError.self, from: none.body) == .noWebhook)
    }
}
