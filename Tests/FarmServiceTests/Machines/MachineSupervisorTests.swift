import Farm
import Logging
import Synchronization
import TestSupport
import Testing

@testable import FarmService

@Suite("The supervisor runs a link for each machine", .timeLimit(.minutes(20)))
struct MachineSupervisorTests {
    /// The links that were made, in their order.
    final class Links: Sendable {
        private let made = Mutex<[FakeLink]>([])
        var all: [FakeLink] { made.withLock { $0 } }
        func make(_ credentials: LinkCredentials) -> FakeLink {
            let link = FakeLink(credentials)
            made.withLock { $0.append(link) }
            return link
        }
    }

    private func supervisor(_ farm: TestFarm, _ links: Links, hasKey: Bool = true) -> MachineSupervisor {
        MachineSupervisor(
            service: farm.service, sealer: FakeSealer(hasKey: hasKey),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { _, credentials in links.make(credentials) }
    }

    /// Waits for a state that another task brings about.
    private func until(_ what: String, _ isReached: () async throws -> Bool) async throws {
        for _ in 0..<2000 {
            if try await isReached() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("\(what) did not come")
    }

    private func link(_ farm: TestFarm, isConfirmed: Bool = true) -> MachineLink {
        MachineLink(
            printerID: farm.printer, settings: farm.settings, credentials: .none, isConfirmed: isConfirmed,
            createdAt: farm.clock.now)
    }

    @Test("a link begins when a machine is connected, tells, is asked, and ends when it is taken away")
    func life() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("the link") { links.all.count == 1 }
        let link = try #require(links.all.first)
        #expect(link.credentials == .apiKey(Secret("of \(farm.printer)")))
        link.say(.abilities(.job))
        farm.clock.advance(by: .seconds(1))
        link.say(.reading(PrinterReading(state: .printing, file: ReadFile(name: "a.gcode"), at: farm.clock.now)))
        try await until("the print") { try farm.live.currentPrint?.filename == "a.gcode" }
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await until("the answer") { try farm.lastCommand?.outcome == .accepted }
        #expect(link.commands == [.pause])
        farm.clock.advance(by: .seconds(1))
        link.say(.reading(PrinterReading(state: .paused, file: ReadFile(name: "a.gcode"), at: farm.clock.now)))
        try await until("the pause") { try farm.openPrint.pausedAt != nil }
        #expect(link.commands == [.pause])
        _ = try await farm.service.perform(DisconnectMachine(caller: .administrator, printer: farm.printer))
        try await until("the end") { await supervisor.link(of: farm.printer) == nil }
        run.cancel()
        await run.value
    }

    @Test("a command that is not confirmed goes out once more, and no third time")
    func repetition() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("the link") { links.all.count == 1 }
        let link = try #require(links.all.first)
        link.say(.abilities(.job))
        farm.clock.advance(by: .seconds(1))
        link.say(.reading(PrinterReading(state: .printing, file: ReadFile(name: "a.gcode"), at: farm.clock.now)))
        try await until("the print") { try farm.live.currentPrint != nil }
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await until("the first") { link.commands.count == 1 }
        farm.clock.advance(by: .seconds(30))
        await farm.service.tick()
        try await until("the second") { link.commands.count == 2 }
        farm.clock.advance(by: .seconds(300))
        await farm.service.tick()
        await farm.service.tick()
        // What is asked next goes out behind whatever the ticks have brought.
        _ = try await farm.service.perform(CancelPrint(caller: .administrator, printer: farm.printer))
        try await until("the cancel") { link.commands.contains(.cancel) }
        #expect(link.commands == [.pause, .pause, .cancel])
        run.cancel()
        await run.value
    }

    @Test("connecting once more, with the same address and key, begins anew: a wrong key may be right now")
    func again() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("the link") { links.all.count == 1 }
        links.all.first?.say(.needsOperator(.wrongCredentials))
        try await until("the fault") { try farm.live.machine?.fault == .wrongCredentials }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("another link") { links.all.count == 2 }
        let second = try #require(links.all.last)
        second.say(.abilities(.job))
        farm.clock.advance(by: .seconds(1))
        second.say(.reading(PrinterReading(state: .printing, file: ReadFile(name: "a.gcode"), at: farm.clock.now)))
        try await until("the print") { try farm.live.currentPrint != nil }
        _ = try await farm.service.perform(PausePrint(caller: .administrator, printer: farm.printer))
        try await until("the command") { second.commands == [.pause] }
        run.cancel()
        await run.value
    }

    @Test("without the key file the printer says that its key is needed, and no link runs")
    func keyNeeded() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links, hasKey: false)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("the fault") { try farm.live.machine?.fault == .keyNeeded }
        #expect(links.all.isEmpty)
        run.cancel()
        await run.value
    }

    @Test("a restored farm runs no link until a person confirms it")
    func unconfirmed() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(
            ConnectMachine(caller: .administrator, link: link(farm, isConfirmed: false)))
        // Another printer's link comes: by then the first one's would have been made.
        let other = try await farm.service.perform(
            CreatePrinter(caller: .administrator, account: 1, settings: PrinterSettings(name: "other")))
        var second = link(farm)
        second.printerID = other.printer.id
        second.settings.address.base.host = "192.0.2.8"
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: second))
        try await until("the other link") { !links.all.isEmpty }
        #expect(links.all.map(\.credentials) == [.apiKey(Secret("of \(other.printer.id)"))])
        _ = try await farm.service.perform(ConfirmMachine(caller: .administrator, printer: farm.printer))
        try await until("the link") { links.all.count == 2 }
        run.cancel()
        await run.value
    }

    @Test(
        "what is said once is not lost when the store does not take it for a while: abilities, a wrong key, an answer")
    func storeFails() async throws {
        let farm = try await TestFarm()
        let links = Links()
        let supervisor = supervisor(farm, links)
        let run = Task { await supervisor.run() }
        _ = try await farm.service.perform(ConnectMachine(caller: .administrator, link: link(farm)))
        try await until("the link") { links.all.count == 1 }
        let link = try #require(links.all.first)
        let failures = farm.service.writerFigures.failedCommits
        farm.store.fail(true)
        link.say(.abilities(.job))
        try await until("a failed commit") { farm.service.writerFigures.failedCommits > failures }
        farm.store.fail(false)
        try await until("the abilities") { try farm.live.machine?.abilities == .job }
        let more = farm.service.writerFigures.failedCommits
        farm.store.fail(true)
        link.say(.needsOperator(.wrongCredentials))
        try await until("another failed commit") { farm.service.writerFigures.failedCommits > more }
        farm.store.fail(false)
        try await until("the fault") { try farm.live.machine?.fault == .wrongCredentials }
        run.cancel()
        await run.value
    }
}
