import API
import Farm
import FarmService
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import OAuth
import Storage
import TestSupport
import Testing

@Suite("The page of an answer", .timeLimit(.minutes(20)))
struct AnswerPageTests {
    private static let key: [UInt8] = Array(repeating: 7, count: 32)

    /// A farm with a camera that is lost, and the token of an answer to that.
    private struct Farm {
        let service: FarmService
        let server: FarmServer
        let folder: URL
        let printer: PrinterID
        let occasion: OccasionID

        init() async throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-answer-\(UUID().uuidString)")
            let store = try SQLiteStore(DataFolder(preparing: folder.path).lock())
            let clock = TestClock()
            var rule = NotificationRule(channel: "phone", clock: .utc)
            rule.answers = Set(NotificationAnswer.allCases)
            service = try FarmService(
                store: store, detector: nil, rules: [rule], clock: .neverSet { clock.now },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, version: "1.2.3")
            let configuration = FarmServer.Configuration(
                publicURL: "http://127.0.0.1:3334", pictureSigner: PictureSigner(key: key),
                answerSigner: AnswerSigner(key: key),
                holder: HolderDescription(
                    pid: 1, version: "1.2.3", startedAt: clock.now, dataFolder: folder.path), now: { clock.now })
            server = FarmServer(
                service: service, configuration: configuration,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            printer =
                try await service.perform(
                    CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "<b>mk3"))
                ).printer.id
            _ = try await service.perform(
                StartPrint(caller: .administrator, printer: printer, filename: "a.gcode"))
            clock.advance(.seconds(61))
            await service.tick()
            clock.advance(.seconds(30))
            await service.tick()
            let queued = try store.queuedNotifications(of: "phone", after: 0, limit: 10)
            occasion = try #require(queued.first?.notification.subjects.first?.occasionID)
            now = service.steadyTime()
        }

        private let now: SteadyTime

        func token(_ answer: NotificationAnswer) -> String {
            AnswerSigner(key: key).token(
                AnswerToken(occasion: occasion, answer: answer, isConfirmed: false, channel: "phone"), now: now)
        }
    }

    @Test("a GET asks and does nothing; a POST acts, once; a second one says who was first")
    func acknowledge() async throws {
        let farm = try await Farm()
        defer { try? FileManager.default.removeItem(at: farm.folder) }
        let path = "/answers/\(farm.token(.acknowledge))"
        let app = farm.server.application(host: "127.0.0.1", port: 0)
        try await app.test(.router) { client in
            for _ in 0..<3 {
                let page = try await client.execute(uri: path, method: .get)
                #expect(page.status == .ok && String(buffer: page.body).contains("<form method=\"post\""))
                #expect(String(buffer: page.body).contains("&lt;b&gt;mk3"))
                #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self'") == true)
            }
            #expect(farm.service.state.events.last?.kind == .notWatched)
            let done = try await client.execute(uri: path, method: .post)
            #expect(done.status == .ok && String(buffer: done.body).contains("acknowledged"))
            #expect(farm.service.state.events.last?.actor == .channel("phone"))
            let again = try await client.execute(uri: path, method: .post)
            #expect(again.status == .gone && String(buffer: again.body).contains("acknowledged by phone"))
            let asked = try await client.execute(uri: path, method: .get)
            #expect(asked.status == .gone)
        }
    }

    @Test("a page does not ask what could not be carried out")
    func pointless() async throws {
        let farm = try await Farm()
        defer { try? FileManager.default.removeItem(at: farm.folder) }
        let app = farm.server.application(host: "127.0.0.1", port: 0)
        try await app.test(.router) { client in
            // The print is not paused.
            for method in [HTTPRequest.Method.get, .post] {
                let page = try await client.execute(uri: "/answers/\(farm.token(.resume))", method: method)
                #expect(page.status == .gone && !String(buffer: page.body).contains("<form"), "\(method)")
            }
        }
    }

    @Test("an answer that cannot be carried out just now says so, and the page offers to try again")
    func notNow() async throws {
        let farm = try await Farm()
        defer { try? FileManager.default.removeItem(at: farm.folder) }
        let token = farm.token(.acknowledge)
        let app = farm.server.application(host: "127.0.0.1", port: 0)
        try await app.test(.router) { client in
            // Nothing is stored any more.
            await farm.service.shutdown()
            let page = try await client.execute(uri: "/answers/\(token)", method: .post)
            let text = String(buffer: page.body)
            #expect(page.status == .serviceUnavailable && text.contains("farmtop is stopping"), "\(text)")
            #expect(text.contains("<form method=\"post\" action=\"\(token)\">") && text.contains("Try again"))
        }
    }

    @Test("no token, no page", arguments: ["x", "AAAA", String(repeating: "A", count: 47), "%00"])
    func wrong(token: String) async throws {
        let farm = try await Farm()
        defer { try? FileManager.default.removeItem(at: farm.folder) }
        let app = farm.server.application(host: "127.0.0.1", port: 0)
        try await app.test(.router) { client in
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await client.execute(uri: "/answers/\(token)", method: method)
                #expect([.gone, .notFound].contains(answer.status))
            }
        }
    }
}
