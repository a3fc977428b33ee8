import Farm
import Foundation
import Testing
import Text
import WireTestSupport

@testable import Printers

@Suite("An OctoPrint link", .timeLimit(.minutes(20)))
struct OctoPrintLinkTests {
    private func watch(
        _ fake: FakeOctoPrint, key: String = FakeOctoPrint.key,
        _ change: (inout LinkEnvironment.Pace) -> Void = { _ in }
    ) -> LinkWatch {
        LinkWatch(
            OctoPrintLink(
                settings(.octoprint, port: fake.port), credentials: .apiKey(Secret(key)), environment: .quick(change)))
    }

    @Test("it says who answers; push tells the states that polling misses")
    func states() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake) { $0.octoPrintCheck = .seconds(600) }
        try await watch.wait(for: .idle)
        let identity = MachineIdentity(server: "OctoPrint 1.11.8", name: "Bench 3", model: "Generic RepRap Printer")
        #expect(watch.events.contains(.identity(identity)))
        try await fake.waitForSocket()
        let greeting = fake.bodies.map { String($0.prefix(12)) }
        #expect(greeting == [#"{"subscribe""#, #"{"throttle":"#, #"{"auth":"far"#])
        fake.change { state in
            state.text = "Printing"
            state.file = "long.gcode"
            state.completion = 21.5
        }
        await fake.pushCurrent()
        let printing = try await watch.wait(for: .printing)
        #expect(printing.progress == 0.215)
        #expect(printing.nozzles == [ReadTemperature(actual: 204.5, target: 205)])
        await fake.event("PrinterStateChanged", ["state_id": "PAUSING", "state_string": "Pausing"])
        try await watch.wait(for: .pausing)
        await fake.event("PrinterStateChanged", ["state_id": "PAUSED", "state_string": "Paused"])
        try await watch.wait(for: .paused)
        await fake.event("PrinterStateChanged", ["state_id": "CANCELLING", "state_string": "Cancelling"])
        await fake.event("PrintCancelled", ["path": "long.gcode"])
        await fake.event("PrintFailed", ["path": "long.gcode", "reason": "cancelled"])
        await fake.event("PrinterStateChanged", ["state_id": "OPERATIONAL", "state_string": "Operational"])
        try await watch.wait(for: .cancelled)
        await watch.stop()
        await fake.stop()
    }

    @Test("what REST answers late does not take back what push has told")
    func overtaken() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { $0.text = "Printing" }
        let watch = watch(fake)
        try await watch.wait(for: .printing)
        try await fake.waitForSocket()
        fake.change { $0.isOvertaken = true }
        try await watch.wait(for: .paused)
        let before = watch.events.count
        try await watch.wait(for: .paused, from: before)
        let states = watch.readings.map(\.state).reduce(into: [MachineState]()) { if $0.last != $1 { $0.append($1) } }
        #expect(states == [.printing, .paused])
        await watch.stop()
        await fake.stop()
    }

    @Test("a wrong key is answered 403 and stops the retries")
    func wrongKey() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake, key: "wrong")
        await watch.end()
        #expect(watch.events == [.needsOperator(.wrongCredentials)])
        #expect(fake.requests.count == 1)
        await fake.stop()
    }

    @Test("a key whose user may not print names what is missing")
    func permissions() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { $0.permissions = ["STATUS", "FILES_LIST"] }
        let watch = watch(fake)
        await watch.end()
        let missing = LinkFault.notPermitted(missing: ["PRINT", "FILES_UPLOAD", "SETTINGS_READ"])
        #expect(watch.events == [.needsOperator(missing)])
        await fake.stop()
    }

    @Test("another server at the address is named, and asked again: it may be OctoPrint that starts")
    func otherServer() async throws {
        let prusa = try await FakePrusaLink()
        let link = OctoPrintLink(
            settings(.octoprint, port: prusa.port), credentials: .password(user: "maker", Secret("secret")),
            environment: .quick())
        let watch = LinkWatch(link)
        try await watch.wait(for: "a second try", from: 1) { $0 == .offline(.otherServer("PrusaLink")) }
        #expect(watch.events.first == .offline(.otherServer("PrusaLink")))
        await watch.stop()
        await prusa.stop()
    }

    @Test("a push socket that takes no login is silent: it logs in again, and then asks by REST")
    func mutePush() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { $0.isMute = true }
        let watch = watch(fake) { $0.octoPrintHistory = .milliseconds(200) }
        try await watch.wait(for: .idle)
        while fake.logins < 2 { try await Task.sleep(for: .milliseconds(5)) }
        fake.change { $0.text = "Printing" }
        try await watch.wait(for: .printing)
        fake.change { $0.text = "Paused" }
        try await watch.wait(for: .paused)
        #expect(fake.logins == 2)
        // REST answers: nothing of this is offline.
        let offline = watch.events.contains { if case .offline = $0 { true } else { false } }
        #expect(!offline)
        await watch.stop()
        await fake.stop()
    }

    @Test("an emergency stop goes past a command that hangs")
    func emergencyStop() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { $0.text = "Printing" }
        let watch = watch(fake) { $0.octoPrintCheck = .seconds(600) }
        try await watch.wait(for: .printing)
        fake.change { $0.isHung = true }
        let pause = Task { await watch.link.send(.pause, timeout: .ample) }
        while !fake.hung.contains("POST /api/job") { try await Task.sleep(for: .milliseconds(5)) }
        fake.change { $0.isHung = false }
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .accepted)
        pause.cancel()
        #expect(await pause.value == .unknown("the connection was lost"))
        await watch.stop()
        await fake.stop()
    }

    @Test("a restart of the server drops the socket: offline, a new login, and the state is there again")
    func socketLost() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake) { $0.octoPrintCheck = .seconds(600) }
        try await watch.wait(for: .idle)
        try await fake.waitForSocket()
        fake.change { $0.text = "Printing" }
        await fake.cutSockets()
        try await watch.wait(for: "offline") { $0 == .offline(.connectionLost) }
        try await watch.wait(for: .printing)
        while fake.logins < 2 { try await Task.sleep(for: .milliseconds(5)) }
        await watch.stop()
        await fake.stop()
    }

    @Test("a 204 that does nothing is accepted and no more: the reading goes on to say printing")
    func deaf() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { state in
            state.text = "Printing"
            state.isDeaf = true
        }
        let watch = watch(fake)
        try await watch.wait(for: .printing)
        let before = watch.events.count
        #expect(await watch.link.send(.pause, timeout: .ample) == .accepted)
        try await watch.wait(for: .printing, from: before)
        let states = Set(watch.readings.map(\.state))
        #expect(states == [.printing])
        await watch.stop()
        await fake.stop()
    }

    @Test("pause never toggles, and a start chooses its file: the bare start is a 204 that does nothing")
    func commands() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        let path = "batch 7/Käfer & co.gcode"
        #expect(await watch.link.send(.start(path: path), timeout: .ample) == .accepted)
        try await watch.wait(for: .printing)
        #expect(await watch.link.send(.pause, timeout: .ample) == .accepted)
        try await watch.wait(for: .paused)
        #expect(await watch.link.send(.resume, timeout: .ample) == .accepted)
        #expect(await watch.link.send(.cancel, timeout: .ample) == .accepted)
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .accepted)
        #expect(await watch.link.send(.light(true), timeout: .ample) == .notOffered)
        let sent = fake.bodies.filter { $0.hasPrefix("/api") }
        #expect(
            sent == [
                #"/api/files/local/batch%207/K%C3%A4fer%20%26%20co.gcode {"command":"select","print":true}"#,
                #"/api/job {"action":"pause","command":"pause"}"#, #"/api/job {"action":"resume","command":"pause"}"#,
                #"/api/job {"command":"cancel"}"#, #"/api/printer/command {"command":"M112"}"#,
            ])
        let stopped = try await watch.wait(for: .error)
        #expect(stopped.error == "Closing serial port due to emergency stop M112.")
        await watch.stop()
        await fake.stop()
    }

    @Test("a refusal carries the server's words; a lost answer is unknown")
    func refusals() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake) { $0.octoPrintCheck = .seconds(600) }
        try await watch.wait(for: .idle)
        let refused = await watch.link.send(.pause, timeout: .ample)
        #expect(refused == .refused("Printer is neither printing nor paused, pause command cannot be performed"))
        fake.change { $0.isHung = true }
        var outcome: LinkOutcome
        repeat {
            outcome = await watch.link.send(.cancel, timeout: .seconds(1))
            // On a busy machine the time may be over before it is sent.
        } while outcome == .refused("Not sent: \(LinkFault.unreachable("the request before it is still unanswered"))")
        #expect(outcome == .unknown("no answer within 1 s"))
        await watch.stop()
        await fake.stop()
    }

    @Test("how a print ended that nobody watched is asked of its file")
    func endedUnseen() async throws {
        let fake = try await FakeOctoPrint()
        fake.change { state in
            state.file = "short.gcode"
            state.lastSuccess = false
        }
        let watch = watch(fake)
        let idle = try await watch.wait(for: .idle)
        #expect(idle.lastEnd?.result == .cancelled)
        await watch.stop()
        await fake.stop()
    }

    @Test("the upload's answer names the file: OctoPrint may have changed it")
    func upload() async throws {
        let fake = try await FakeOctoPrint()
        let watch = watch(fake)
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).gcode").path
        try Data("G28\n".utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        let upload = FileUpload(
            localPath: path, name: "Käfer & \"co\".gcode", size: 4)
        let stored = try await watch.link.upload(upload) { _ in }
        #expect(stored.path == "Kfer  co.gcode")
        #expect(stored.name == "Käfer & co.gcode")
        let body = fake.bodies.first { $0.contains("G28") } ?? ""
        #expect(body.contains("name=\"file\"; filename=\"Käfer & %22co%22.gcode\"\r\n"))
        #expect(body.contains("name=\"print\"\r\n\r\nfalse\r\n"))
        await watch.stop()
        await fake.stop()
    }

    @Test("one-key linking: the key comes when Allow is clicked; denied and forgotten are the same answer")
    func appKeys() async throws {
        let fake = try await FakeOctoPrint()
        let environment = LinkEnvironment.quick()
        let request = try await OctoPrintKeyRequest(settings(.octoprint, port: fake.port), environment: environment)
        #expect(fake.bodies == [#"{"app":"farmtop"}"#])
        #expect(try await request.decision() == .granted(Secret("granted")))
        fake.change { state in
            state.undecided = 1
            state.grants = false
        }
        #expect(try await request.decision() == .denied)
        await fake.stop()
    }
}
