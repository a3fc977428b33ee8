import Farm
import Foundation
import Testing
import Text
import WireTestSupport

@testable import Printers

@Suite("A Moonraker link", .timeLimit(.minutes(20)))
struct MoonrakerLinkTests {
    private func watch(
        _ fake: FakeMoonraker, key: String = FakeMoonraker.key, light: String? = nil,
        _ change: (inout LinkEnvironment.Pace) -> Void = { _ in }
    ) -> LinkWatch {
        LinkWatch(
            MoonrakerLink(
                settings(.moonraker, port: fake.port, light: light), credentials: .apiKey(Secret(key)),
                environment: .quick(change)))
    }

    @Test("it says who answers, what the machine can do, and the whole state; then changed fields only")
    func states() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake) { $0.moonrakerCheck = .seconds(600) }
        let idle = try await watch.wait(for: .idle)
        #expect(idle.nozzles == [ReadTemperature(actual: 204.5, target: 205)])
        let identity = MachineIdentity(server: "Moonraker v0.9.3", firmware: "Kalico v2026.10", name: "vm")
        #expect(watch.events.contains(.identity(identity)))
        #expect(watch.events.contains(.abilities([.job, .start, .files, .upload, .emergencyStop])))
        await fake.push("print_stats", ["state": "printing", "filename": "Käfer.gcode"])
        let printing = try await watch.wait(for: .printing)
        #expect(printing.file?.path == "Käfer.gcode")
        #expect(printing.layer == ReadLayer(now: 7, total: 60))
        // The file's metadata is asked for once, and gives the time left.
        try await watch.wait(for: "a time left") {
            if case .reading(let reading) = $0 { reading.remaining == 48 } else { false }
        }
        await fake.push("print_stats", ["print_duration": 20])
        try await watch.wait(for: "the new duration") {
            if case .reading(let reading) = $0 {
                reading.elapsed == 20 && reading.file?.path == "Käfer.gcode"
            } else {
                false
            }
        }
        #expect(fake.calls.count { $0 == "server.files.metadata" } == 1)
        await watch.stop()
        await fake.stop()
    }

    @Test("a wrong key stops the retries, and nothing more is asked")
    func wrongKey() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake, key: "00000000000000000000000000000000")
        await watch.end()
        #expect(watch.events == [.needsOperator(.wrongCredentials)])
        await fake.stop()
    }

    @Test("pause while idle is not sent: Klipper would keep it, and the next print could not be paused")
    func pauseWhileIdle() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        let outcome = await watch.link.send(.pause, timeout: .ample)
        #expect(outcome == .refused("Not sent: the printer is not printing."))
        #expect(!fake.calls.contains("printer.print.pause"))
        await watch.stop()
        await fake.stop()
    }

    @Test("a pause flag that somebody left behind is cleared before a pause, so that the pause does something")
    func strayPause() async throws {
        let fake = try await FakeMoonraker()
        fake.change { state in
            state.job = "printing"
            state.file = "short.gcode"
            state.isPaused = true
        }
        let watch = watch(fake)
        let printing = try await watch.wait(for: .printing)
        #expect(printing.hasStrayPause)
        let outcome = await watch.link.send(.pause, timeout: .ample)
        #expect(outcome == .accepted)
        let sent = fake.calls.filter { ["CLEAR_PAUSE", "printer.print.pause"].contains($0) }
        #expect(sent == ["CLEAR_PAUSE", "printer.print.pause"])
        try await watch.wait(for: .paused)
        await watch.stop()
        await fake.stop()
    }

    @Test("it is cleared before a start too")
    func strayPauseAndStart() async throws {
        let fake = try await FakeMoonraker()
        fake.change { $0.isPaused = true }
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        #expect(await watch.link.send(.start(path: "batch 7/Käfer & co.gcode"), timeout: .ample) == .accepted)
        let sent = fake.calls.filter { ["CLEAR_PAUSE", "printer.print.start"].contains($0) }
        #expect(sent == ["CLEAR_PAUSE", "printer.print.start"])
        try await watch.wait(for: .printing)
        await watch.stop()
        await fake.stop()
    }

    @Test("in shutdown print_stats says paused: the machine is in error, with Klipper's words")
    func shutdown() async throws {
        let fake = try await FakeMoonraker()
        fake.change { $0.job = "printing" }
        let watch = watch(fake)
        try await watch.wait(for: .printing)
        let before = watch.events.count
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .accepted)
        let stopped = try await watch.wait(for: .error, from: before)
        #expect(stopped.error == "Shutdown due to webhooks request")
        let paused = watch.readings.filter { $0.state == .paused }
        #expect(paused.isEmpty)
        await watch.stop()
        await fake.stop()
    }

    @Test("after a Klippy restart the subscriptions are gone: they are asked for again, with and without a word")
    func restart() async throws {
        let fake = try await FakeMoonraker()
        let told = watch(fake) { $0.moonrakerCheck = .seconds(600) }
        try await told.wait(for: .idle)
        await fake.restartKlippy(saysSo: true)
        while fake.calls.count(where: { $0 == "printer.objects.subscribe" }) < 2 {
            try await Task.sleep(for: .milliseconds(5))
        }
        await fake.push("print_stats", ["state": "printing"])
        try await told.wait(for: .printing)
        await told.stop()
        await fake.stop()

        let silent = try await FakeMoonraker()
        let asking = watch(silent)
        try await asking.wait(for: .idle)
        await silent.restartKlippy(saysSo: false)
        silent.change { $0.job = "printing" }
        // No push comes any more: the check finds it.
        try await asking.wait(for: .printing)
        await asking.stop()
        await silent.stop()
    }

    @Test("a Klipper that says ready and cannot be read yet is no idle machine: its print goes on")
    func readyButUnread() async throws {
        let fake = try await FakeMoonraker()
        fake.change { state in
            state.job = "printing"
            state.isUnreadable = true
        }
        let watch = watch(fake)
        let unread = try await watch.wait(for: .offline)
        #expect(unread.detail == "Klipper has not answered yet")
        fake.change { $0.isUnreadable = false }
        try await watch.wait(for: .printing)
        let states = Set(watch.readings.map(\.state))
        #expect(states == [.offline, .printing])
        await watch.stop()
        await fake.stop()
    }

    @Test("a hung Klippy is offline, though Moonraker says that it is ready; it comes back by itself")
    func hung() async throws {
        let fake = try await FakeMoonraker()
        let pace = ChangingPace()
        let watch = LinkWatch(
            MoonrakerLink(
                settings(.moonraker, port: fake.port), credentials: .apiKey(Secret(FakeMoonraker.key)),
                environment: pace.environment))
        try await watch.wait(for: .idle)
        // In haste only now, and from the second call on: the first may have been on its way.
        pace.request = .milliseconds(300)
        let calls = fake.calls.count
        while fake.calls.count < calls + 2 { try await Task.sleep(for: .milliseconds(5)) }
        fake.change { $0.isHung = true }
        let fault = LinkFault.printerNotConnected("Klipper does not answer")
        let hung = fake.calls.count
        while fake.calls.count < hung + 2 { try await Task.sleep(for: .milliseconds(5)) }
        try await watch.wait(for: "offline") { $0 == .offline(fault) }
        let before = watch.events.count
        pace.request = .ample
        fake.change { $0.isHung = false }
        try await watch.wait(for: .idle, from: before)
        await watch.stop()
        await fake.stop()
    }

    @Test("Klipper gone is offline with a reading that says so; its return is seen")
    func disconnected() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        fake.change { $0.klippy = "disconnected" }
        await fake.notify("notify_klippy_disconnected", nil, toAll: true)
        let gone = try await watch.wait(for: .offline)
        #expect(gone.detail == "Klipper not connected")
        let before = watch.events.count
        fake.change { $0.klippy = "ready" }
        try await watch.wait(for: .idle, from: before)
        await watch.stop()
        await fake.stop()
    }

    @Test("a server that goes away is offline; the link comes back with it, one socket at a time")
    func reconnects() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        await fake.stop()
        try await watch.wait(for: "offline") { if case .offline = $0 { true } else { false } }
        let outcome = await watch.link.send(.cancel, timeout: .ample)
        #expect(outcome == .unknown("the printer is not connected"))
        await watch.stop()
    }

    @Test("pausing, then paused: the state of before does not come back between the answer and its effect")
    func noFlicker() async throws {
        let fake = try await FakeMoonraker()
        fake.change { state in
            state.job = "printing"
            // The effect is not pushed at all: it is looked for.
            state.isTaciturn = true
        }
        let watch = watch(fake) { $0.moonrakerCheck = .seconds(600) }
        try await watch.wait(for: .printing)
        let steps: [(LinkCommand, MachineState, MachineState)] = [
            (.pause, .pausing, .paused), (.resume, .resuming, .printing), (.cancel, .finishing, .cancelled),
        ]
        for (command, meanwhile, afterwards) in steps {
            let before = watch.events.count
            fake.change { $0.isBusy = true }
            let sending = Task { await watch.link.send(command, timeout: .ample) }
            try await watch.wait(for: meanwhile, from: before)
            fake.change { $0.isBusy = false }
            #expect(await sending.value == .accepted)
            try await watch.wait(for: afterwards, from: before)
        }
        let states = watch.readings.map(\.state).reduce(into: [MachineState]()) { if $0.last != $1 { $0.append($1) } }
        #expect(states == [.printing, .pausing, .paused, .resuming, .printing, .finishing, .cancelled])
        await watch.stop()
        await fake.stop()
    }

    @Test("the server's words on a refusal; a light by its name; what has no light says so")
    func commands() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake, light: "output_pin case_light")
        try await watch.wait(for: .idle)
        #expect(
            await watch.link.send(.start(path: "nosuch.gcode"), timeout: .ample)
                == .refused("Unable to open file"))
        #expect(await watch.link.send(.light(true), timeout: .ample) == .accepted)
        #expect(fake.calls.contains("SET_PIN PIN=case_light VALUE=1"))
        #expect(MoonrakerLight.script("led bar", isOn: false) == "SET_LED LED=bar RED=0 GREEN=0 BLUE=0 WHITE=0")
        #expect(MoonrakerLight.script("output_pin x\nM112", isOn: true) == nil)
        #expect(MoonrakerLight.script(nil, isOn: true) == nil)
        await watch.stop()
        await fake.stop()
    }

    @Test("a light that Klipper does not have is no light of the machine; one that it has is")
    func lacksLight() async throws {
        let fake = try await FakeMoonraker()
        for (name, hasLight) in [("output_pin lamp", false), ("output_pin case_light", true)] {
            let watch = watch(fake, light: name)
            try await watch.wait(for: .idle)
            var told: LinkAbilities = []
            for case .abilities(let abilities) in watch.events { told = abilities }
            #expect(told.contains(.light) == hasLight, "\(name)")
            await watch.stop()
        }
        await fake.stop()
    }

    @Test("a command that is not answered is unknown, never done and never failed")
    func unanswered() async throws {
        let fake = try await FakeMoonraker()
        fake.change { $0.job = "printing" }
        let watch = watch(fake) { $0.moonrakerCheck = .seconds(600) }
        try await watch.wait(for: .printing)
        fake.change { $0.isHung = true }
        let outcome = await watch.link.send(.cancel, timeout: .seconds(1))
        #expect(outcome == .unknown("no answer within 1 s"))
        // What would be told wrongly has come by then.
        try await Task.sleep(for: .milliseconds(300))
        #expect(watch.readings.last?.state == .finishing, "what it did before is no news while it is silent")
        await watch.stop()
        await fake.stop()
    }

    @Test("files by REST; a file that was stored and not started says so; cameras of an old server are where most are")
    func rest() async throws {
        let fake = try await FakeMoonraker()
        let watch = watch(fake)
        let files = try await watch.link.files()
        #expect(files.map(\.path) == ["batch 7/Käfer & co.gcode"])
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).gcode").path
        try Data("G28\n".utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        var upload = FileUpload(
            localPath: path, name: "cube.gcode", size: 4)
        let stored = try await watch.link.upload(upload) { _ in }
        #expect(stored.path == "cube.gcode")
        upload.start = true
        await #expect(throws: LinkFault.refused(status: 201, "cube.gcode is stored, but the printer did not start it."))
        {
            _ = try await watch.link.upload(upload) { _ in }
        }
        let cameras = try await watch.link.cameras()
        #expect(cameras.count == 1)
        await watch.stop()
        await fake.stop()
    }
}
