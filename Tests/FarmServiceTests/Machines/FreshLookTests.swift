import Farm
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

@Suite("A machine is looked at before a command is refused for what it did a while ago", .timeLimit(.minutes(20)))
struct FreshLookTests {
    /// A farm whose supervisor runs one link, which has said that its machine is in this state.
    private func farm(
        _ state: MachineState, _ body: (TestFarm, FakeLink) async throws -> Void
    ) async throws {
        let farm = try await TestFarm()
        let link = FakeLink(.none)
        let supervisor = MachineSupervisor(
            service: farm.service, sealer: FakeSealer(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _, _ in link }
        farm.service.attach(supervisor, sealer: FakeSealer())
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(
            ConnectMachine(
                caller: .administrator,
                link: MachineLink(
                    printerID: farm.printer, settings: TestFarm.linkSettings(.prusalink), credentials: .none,
                    createdAt: farm.clock.now)))
        link.say(.abilities([.pause, .resume, .cancel, .start, .files]))
        say(state, link, farm)
        while try farm.live.machine?.reading == nil { try await Task.sleep(for: .milliseconds(5)) }
        try await body(farm, link)
        run.cancel()
        await run.value
    }

    private func say(_ state: MachineState, _ link: FakeLink, _ farm: TestFarm) {
        farm.clock.advance(by: .seconds(1))
        link.say(
            .reading(
                PrinterReading(
                    state: state, file: state == .idle ? nil : ReadFile(name: "a.gcode", path: "a.gcode"),
                    at: farm.clock.now)))
    }

    @Test("a print that was begun at the machine is paused, though the last poll said idle")
    func pause() async throws {
        try await farm(.idle) { farm, link in
            link.lookedAt.withLock { $0 = { link in say(.printing, link, farm) } }
            farm.clock.advance(by: .seconds(20))
            let change = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
            #expect(change.succeeded)
            let command = try farm.lastCommand?.command
            #expect(command == .pause)
            #expect(link.looks.withLock { $0 } == 1)
        }
    }

    @Test("one that was paused there is resumed, and one that has ended there leaves room for the next")
    func resumeAndStart() async throws {
        try await farm(.printing) { farm, link in
            link.lookedAt.withLock { $0 = { link in say(.paused, link, farm) } }
            farm.clock.advance(by: .seconds(9))
            _ = try await farm.service.perform(ResumePrint(caller: .administrator, printer: farm.printer))
            let command = try farm.lastCommand?.command
            #expect(command == .resume)
        }
        try await farm(.printing) { farm, link in
            link.lookedAt.withLock { $0 = { link in say(.complete, link, farm) } }
            farm.clock.advance(by: .seconds(9))
            await #expect(throws: FarmError.invalid([FieldError("filename", "The printer has no file of this name.")]))
            {
                _ = try await farm.service.startPrint(
                    caller: .administrator, printer: farm.printer, filename: "b.gcode")
            }
            let print = try farm.live.currentPrint
            #expect(print == nil, "it was not refused for the state")
        }
    }

    @Test("what it then says decides; where it says nothing in time, nothing is sent, and nobody is told what it does")
    func refused() async throws {
        try await farm(.idle) { farm, link in
            link.lookedAt.withLock { $0 = { link in say(.idle, link, farm) } }
            farm.clock.advance(by: .seconds(20))
            let pause = PausePrint(caller: .administrator, printer: farm.printer)
            let refused = try await farm.service.perform(pause)
            #expect(!refused.succeeded)
            link.lookedAt.withLock { $0 = { _ in } }
            farm.clock.advance(by: .seconds(20))
            await #expect(throws: FarmError.unavailable(reason: FreshLook.unanswered, retryAfterSeconds: 5)) {
                try await farm.service.perform(pause)
            }
            #expect(link.looks.withLock { $0 } == 2)
        }
    }

    @Test("nobody looks where the state is fresh, goes with the command, or may not be changed by the caller")
    func none() async throws {
        try await farm(.idle) { farm, link in
            link.lookedAt.withLock { $0 = { link in say(.idle, link, farm) } }
            _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
            farm.clock.advance(by: .seconds(20))
            await #expect(throws: FarmError.mayNotMoveMachines) {
                try await farm.service.perform(PausePrint(caller: farm.app, printer: farm.printer))
            }
            #expect(link.looks.withLock { $0 } == 0)
        }
    }
}
