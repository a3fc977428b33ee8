import Farm
import Synchronization
import Testing
import Wire
import WireTestSupport

@testable import Printers

/// The most usual wrong address: a web server of something else.
@Suite("A server of another kind", .timeLimit(.minutes(20)))
struct ForeignServerTests {
    @Test(
        "is told as one by each kind of link, whichever of these statuses its page has, and asked again",
        arguments: LinkKind.allCases, [200, 404, 405, 501])
    func page(kind: LinkKind, status: Int) async throws {
        // It answers with bytes, and says the same to a request for a websocket.
        let page = "<html>A page</html>"
        let server = try await RawServer { line in
            guard await line.read() != nil else { return }
            await line.write(
                Array(
                    "HTTP/1.1 \(status) Word\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)"
                        .utf8))
        }
        let link = MachineLinks.link(
            settings(kind, port: server.port), credentials: .apiKey(Secret("secret")), environment: .quick())
        let watch = LinkWatch(link)
        for index in [0, 1] {
            let event = try await watch.wait(for: "a fault", from: index) { _ in true }
            guard case .offline(.otherServer(let found)) = event else {
                Issue.record("\(event)")
                break
            }
            #expect(LinkFault.otherServer(found).description.hasPrefix("This address is not of such a server"))
        }
        await watch.stop()
        await server.stop()
    }

    @Test("that has got the machine's address is not given the key every half minute for ever")
    func seldom() async throws {
        let server = try await FakeServer(answer: { _ in .answer(200, body: Array("<html>A page</html>".utf8)) })
        let waits = Mutex<[Duration]>([])
        var environment = LinkEnvironment.quick()
        let sleep = environment.sleep
        environment.sleep = { time in
            waits.withLock { $0.append(time) }
            try await sleep(time)
        }
        let watch = LinkWatch(
            MachineLinks.link(
                settings(.octoprint, port: server.port), credentials: .apiKey(Secret("secret")),
                environment: environment))
        while waits.withLock({ !$0.contains(.seconds(600)) }) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.requests.count == LinkAttempts.ofAnother)
        #expect(server.requests.allSatisfy { $0.header("x-api-key") == "secret" })
        await watch.stop()
        await server.stop()
    }

    @Test("is not guessed from a proxy whose machine is down")
    func proxy() {
        for status in [401, 403, 429, 500, 502, 503] { #expect(LinkFault.isForeign(status: status) == false) }
    }
}
