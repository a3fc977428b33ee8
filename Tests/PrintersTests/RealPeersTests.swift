import Farm
import Foundation
import Testing
import Text
import Wire
import WireTestSupport

@testable import Printers

/// Against real servers, where somebody has started them: `FARMTOP_REAL_OCTOPRINT="http://127.0.0.1:5103 KEY"` and
/// `FARMTOP_REAL_MOONRAKER="http://127.0.0.1:7127 KEY"`. They print, so never name a machine that stands somewhere.
@Suite("Real servers", .serialized, .timeLimit(.minutes(20)))
struct RealPeersTests {
    private func peer(_ kind: LinkKind, _ name: String) throws -> (LinkSettings, LinkCredentials)? {
        guard let words = ProcessInfo.processInfo.environment[name]?.split(separator: " "), words.count == 2 else {
            return nil
        }
        let address = try WebAddress.parse(String(words[0])).address
        return (LinkSettings(address: LinkAddress(kind: kind, base: address)), .apiKey(Secret(String(words[1]))))
    }

    private var environment: LinkEnvironment {
        LinkEnvironment(now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) })
    }

    private func file(_ name: String, _ text: String) throws -> FileUpload {
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).gcode").path
        try Data(text.utf8).write(to: URL(filePath: path))
        return FileUpload(
            localPath: path, name: name, size: Int64(text.utf8.count))
    }

    private func show(_ watch: LinkWatch, _ step: String) {
        let last = watch.readings.last
        print(
            "  \(step): \(phase(last)) file \(last?.file?.name ?? "-") progress \(last?.progress ?? -1) elapsed",
            "\(last?.elapsed ?? -1) remaining \(last?.remaining ?? -1) nozzle \(last?.nozzles.first?.actual ?? -1)",
            "layer \(last?.layer?.now ?? -1) error \(last?.error ?? "-")")
    }

    @Test("OctoPrint: read, upload, start, pause, resume, cancel, emergency stop, a wrong key")
    func octoPrint() async throws {
        guard let (settings, credentials) = try peer(.octoprint, "FARMTOP_REAL_OCTOPRINT") else { return }
        let wrong = LinkWatch(
            OctoPrintLink(settings, credentials: .apiKey(Secret("wrong")), environment: environment))
        await wrong.end()
        #expect(wrong.events == [.needsOperator(.wrongCredentials)])

        let watch = LinkWatch(OctoPrintLink(settings, credentials: credentials, environment: environment))
        try await watch.wait(for: "a reading") { if case .reading = $0 { true } else { false } }
        print("  \(watch.events.prefix(3))")
        _ = try await MachineServer(settings, credentials, pace: environment.pace).call(
            .post, "/api/connection", headers: [HTTPHeader("Content-Type", "application/json")],
            body: .bytes(Array(#"{"command": "connect", "port": "VIRTUAL", "baudrate": 115200}"#.utf8)),
            timeout: .ample)
        try await watch.wait(for: "rest") {
            if case .reading(let reading) = $0 {
                [.idle, .complete, .cancelled].contains(reading.state)
            } else {
                false
            }
        }
        show(watch, "at rest")
        var text = "; test\n"
        for layer in 1...60 { text += "G1 Z\(layer).2\nG1 X\(layer)\nG4 P1000\n" }
        let upload = try file("Käfer & co.gcode", text)
        defer { unlink(upload.localPath) }
        let stored = try await watch.link.upload(upload) { _ in }
        print("  stored as \(stored.path), shown as \(stored.name)")
        let files = try await watch.link.files()
        #expect(files.contains { $0.path == stored.path })
        for (command, state) in [
            (LinkCommand.start(path: stored.path), MachineState.printing), (.pause, .paused), (.resume, .printing),
            (.cancel, .cancelled),
        ] {
            let before = watch.events.count
            let began = ContinuousClock.now
            let outcome = await watch.link.send(command, timeout: .ample)
            #expect(outcome == .accepted)
            try await watch.wait(for: state, from: before)
            show(watch, "\(command.name) after \(ContinuousClock.now - began)")
            try await Task.sleep(for: .seconds(3))
        }
        #expect(await watch.link.send(.start(path: stored.path), timeout: .ample) == .accepted)
        try await watch.wait(for: .printing, from: watch.events.count - 1)
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .accepted)
        try await watch.wait(for: .error)
        show(watch, "emergency stop")
        print("  cameras \(try await watch.link.cameras())")
        try await oneKey(settings, credentials)
        print(
            "  states \(watch.readings.map(\.state.rawValue).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } })"
        )
        await watch.stop()
    }

    /// The operator's click on Allow is made with a key of the user `farmer`, as the global key belongs to nobody.
    private func oneKey(_ settings: LinkSettings, _ admin: LinkCredentials) async throws {
        let json = [HTTPHeader("Content-Type", "application/json")]
        let asAdmin = MachineServer(settings, admin, pace: environment.pace)
        let made = try await asAdmin.call(.post, "/api/access/users/farmer/apikey", timeout: .ample).json()
        let farmer = MachineServer(settings, .apiKey(Secret(made["apikey"]?.text ?? "")), pace: environment.pace)
        let request = try await OctoPrintKeyRequest(settings, environment: environment)
        #expect(try await request.look() == .undecided)
        let pending = try await farmer.call(.get, "/api/plugin/appkeys", timeout: .ample).json()["pending"]
        let token = try #require(pending?.members.keys.first)
        _ = try await farmer.call(
            .post, "/plugin/appkeys/decision/" + token, headers: json, body: .bytes(Array(#"{"decision": true}"#.utf8)),
            timeout: .ample)
        guard case .granted(let key) = try await request.decision() else {
            Issue.record("no key was granted")
            return
        }
        let linked = LinkWatch(OctoPrintLink(settings, credentials: .apiKey(key), environment: environment))
        try await linked.wait(for: "a reading") { if case .reading = $0 { true } else { false } }
        print("  one-key linking: granted, \(linked.events.prefix(1))")
        await linked.stop()
    }

    @Test("Moonraker and Klippy: read, upload, start, the stray pause flag, pause, resume, cancel, emergency stop")
    func moonraker() async throws {
        guard let (settings, credentials) = try peer(.moonraker, "FARMTOP_REAL_MOONRAKER") else { return }
        let wrong = LinkWatch(
            MoonrakerLink(
                settings, credentials: .apiKey(Secret("00000000000000000000000000000000")), environment: environment))
        await wrong.end()
        #expect(wrong.events == [.needsOperator(.wrongCredentials)])

        let link = MoonrakerLink(settings, credentials: credentials, environment: environment)
        let watch = LinkWatch(link)
        try await watch.wait(for: "a reading") {
            if case .reading(let reading) = $0 {
                !reading.state.isJobActive && reading.state != .offline
            } else {
                false
            }
        }
        print("  \(watch.events.prefix(2))")
        show(watch, "at rest")
        var text =
            "; generated by OrcaSlicer 2.1.0 on 2026-11-29\n; estimated printing time (normal mode) = 1m 0s\n"
            + "; filament_type = PETG\n; total layers count = 60\nM83\nM104 S205\nM140 S60\nG28\nSET_PRINT_STATS_INFO TOTAL_LAYER=60\n"
        for layer in 1...60 {
            text +=
                "SET_PRINT_STATS_INFO CURRENT_LAYER=\(layer)\nG1 Z\(Double(layer) / 5) F600\nG1 X\(layer) Y10 E0.02 F3000\nFARM_WAIT S=1\n"
        }
        let upload = try file("Käfer & co.gcode", text)
        defer { unlink(upload.localPath) }
        let stored = try await watch.link.upload(upload) { _ in }
        let files = try await watch.link.files()
        #expect(files.contains { $0.path == stored.path })
        #expect(
            await watch.link.send(.pause, timeout: .ample) == .refused("Not sent: the printer is not printing."))
        for (command, state) in [
            (LinkCommand.start(path: stored.path), MachineState.printing), (.pause, .paused), (.resume, .printing),
            (.cancel, .cancelled),
        ] {
            let before = watch.events.count
            let began = ContinuousClock.now
            let outcome = await watch.link.send(command, timeout: .ample)
            #expect(outcome == .accepted)
            try await watch.wait(for: state, from: before)
            show(watch, "\(command.name) after \(ContinuousClock.now - began)")
            try await Task.sleep(for: .seconds(3))
        }
        #expect(await watch.link.send(.start(path: stored.path), timeout: .ample) == .accepted)
        try await watch.wait(for: .printing, from: watch.events.count - 1)
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .accepted)
        try await watch.wait(for: .error, from: watch.events.count - 1)
        show(watch, "emergency stop")
        let before = watch.events.count
        _ = try await MachineServer(settings, credentials, pace: environment.pace).call(
            .post, "/printer/firmware_restart", timeout: .ample)
        try await watch.wait(for: .idle, from: before)
        show(watch, "firmware restart")
        // The trap: a pause while idle, by somebody else, then a print that could not be paused any more.
        let server = MachineServer(settings, credentials, pace: environment.pace)
        _ = try await server.call(.post, "/printer/print/pause", timeout: .ample)
        _ = try await server.call(
            .post, "/printer/print/start?filename=" + PercentEncoding.component(stored.path), timeout: .ample)
        let trapped = try await watch.wait(for: .printing, from: watch.events.count - 1)
        show(watch, "trapped, stray pause \(trapped.hasStrayPause)")
        #expect(await watch.link.send(.pause, timeout: .ample) == .accepted)
        #expect(watch.readings.last?.state == .paused)
        show(watch, "pause with the stray flag")
        #expect(await watch.link.send(.cancel, timeout: .ample) == .accepted)

        if let text = ProcessInfo.processInfo.environment["FARMTOP_REAL_KLIPPY_PID"], let klippy = pid_t(text) {
            let start = watch.events.count
            let began = ContinuousClock.now
            kill(klippy, SIGSTOP)
            let fault = LinkFault.printerNotConnected("Klipper does not answer")
            try await watch.wait(for: "offline", from: start) { $0 == .offline(fault) }
            print("  Klippy stopped: offline after \(ContinuousClock.now - began)")
            kill(klippy, SIGCONT)
            let resumed = ContinuousClock.now
            let back = watch.events.count
            try await watch.wait(for: "its return", from: back) {
                if case .reading(let reading) = $0 { reading.state != .offline } else { false }
            }
            print("  Klippy goes on: back after \(ContinuousClock.now - resumed)")
            show(watch, "after the hang")
        }
        // The subscription is new: a start is seen without any poll in between.
        #expect(await watch.link.send(.start(path: stored.path), timeout: .ample) == .accepted)
        try await watch.wait(for: .printing, from: watch.events.count - 1)
        #expect(await watch.link.send(.cancel, timeout: .ample) == .accepted)
        print("  cameras \(try await watch.link.cameras())")
        print("  said \(watch.events.compactMap { if case .said(let line) = $0 { line } else { nil } })")
        print(
            "  states \(watch.readings.map(\.state.rawValue).reduce(into: [String]()) { if $0.last != $1 { $0.append($1) } })"
        )
        await watch.stop()
    }
}
