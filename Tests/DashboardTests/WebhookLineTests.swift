import Dashboard
import Farm
import Testing

@Suite("The webhook on the screen", .timeLimit(.minutes(20)))
struct WebhookLineTests {
    private func screens(_ webhook: ChannelStatus?) -> (farm: String, oauth: String) {
        var farm = FarmFixture.farm
        farm.status.webhook = webhook
        var state = FarmFixture.dashboard(farm, columns: 160, rows: 48)
        let first = state.draw().text
        state.answerLoads(state.press(.character("3")))
        return (first, state.draw().text)
    }

    @Test("without a webhook nothing is said of one")
    func none() {
        let screens = screens(nil)
        #expect(!screens.farm.contains("webhook") && !screens.oauth.contains("webhook"))
    }

    @Test("one that fares well has a line in the OAuth area and none in the header")
    func well() {
        var status = ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true)
        status.lastSuccessAt = FarmFixture.now
        let screens = screens(status)
        #expect(!screens.farm.contains("webhook"))
        #expect(screens.oauth.contains("webhook hooks.example.org  0 waiting  last delivered "))
    }

    @Test("one that fails is in the header with what waits; the line says why, and when it is tried again")
    func failing() {
        var status = ChannelStatus.webhook(receiver: "https://hooks.example.org", isSigned: true)
        status.pending = 3
        status.dropped = 2
        status.noteFailure("answered 500 \u{1B}[31m", at: FarmFixture.now, isGivenUp: false)
        status.nextTryAt = FarmFixture.now + .seconds(600)
        let screens = screens(status)
        #expect(screens.farm.contains("webhook: 3 waiting"))
        #expect(screens.oauth.contains("webhook hooks.example.org  3 waiting  answered 500 \u{FFFD}[31m  next try "))
        #expect(screens.oauth.contains("2 dropped"))
    }
}
