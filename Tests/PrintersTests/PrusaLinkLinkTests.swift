import Farm
import Foundation
import Testing
import WireTestSupport

@testable import Printers

@Suite("A PrusaLink link", .timeLimit(.minutes(20)))
struct PrusaLinkLinkTests {
    private func watch(
        _ fake: FakePrusaLink, password: String = "secret", _ change: (inout LinkEnvironment.Pace) -> Void = { _ in }
    ) -> LinkWatch {
        LinkWatch(
            PrusaLinkLink(
                settings(.prusalink, port: fake.port),
                credentials: .password(user: "maker", Secret(password)), environment: .quick(change)))
    }

    private func watch(_ fake: FakePrusaLink, _ pace: ChangingPace) -> LinkWatch {
        LinkWatch(
            PrusaLinkLink(
                settings(.prusalink, port: fake.port), credentials: .password(user: "maker", Secret("secret")),
                environment: pace.environment))
    }

    /// The link has one request under way at most: of two more, the second began after this was called.
    private func waitForTwo(_ fake: FakePrusaLink) async throws {
        let before = fake.requestCount
        while fake.requestCount < before + 2 { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test("it says who answers, and the state with the file, which is asked for once a job")
    func states() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        let identity = MachineIdentity(server: "PrusaLink 2.1.2", name: "prusa", serial: "CZPX0000X000XC00000")
        #expect(watch.events.contains(.identity(identity)))
        fake.change { state in
            state.told = "PRINTING"
            state.job = 420
        }
        let printing = try await watch.wait(for: .printing)
        #expect(printing.file == ReadFile(name: "cube.bgcode", path: "/usb/CUBE~1.BGC"))
        #expect(printing.progress == 0.42)
        #expect(printing.jobID == "420")
        let before = watch.events.count
        try await watch.wait(for: .printing, from: before)
        #expect(fake.asked.count { $0 == "GET /api/v1/job" } == 1)
        await watch.stop()
        await fake.stop()
    }

    @Test("it looks at once when it is asked to, however long its next poll is away; not while nothing is connected")
    func look() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake) { $0.prusaIdle = .seconds(600) }
        #expect(await !PrusaLinkLink(settings(.prusalink, port: 1), credentials: .none, environment: .quick()).look())
        try await watch.wait(for: .idle)
        fake.change { state in
            state.told = "PRINTING"
            state.job = 420
        }
        #expect(await watch.link.look())
        try await watch.wait(for: .printing)
        await watch.stop()
        await fake.stop()
    }

    @Test("Buddy has three sockets for everybody: the link uses one, commands, files and polls together")
    func sockets() async throws {
        let fake = try await FakePrusaLink()
        fake.change { state in
            state.told = "PRINTING"
            state.job = 1
        }
        let watch = watch(fake) { $0.prusaPrinting = .milliseconds(1) }
        try await watch.wait(for: .printing)
        async let first = watch.link.files()
        async let second = watch.link.files()
        async let paused = watch.link.send(.pause, timeout: .ample)
        #expect(try await first.map(\.path) == ["/usb/CUBE~1.BGC", "/usb/ORDERS~1/A~1.BGC"])
        #expect(try await second.map(\.name) == ["cube.bgcode", "ORDERS~1/a.bgcode"])
        #expect(await paused == .accepted)
        try await watch.wait(for: .paused)
        // The one before may still be closing at the machine's end when a command's begins.
        #expect(fake.mostOpen <= 2)
        #expect(fake.mostAsked == 1)
        await watch.stop()
        await fake.stop()
    }

    @Test("a nonce that has died is a new challenge, never a wrong password")
    func nonces() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        for _ in 0..<3 {
            let challenges = fake.challenges, before = watch.events.count
            fake.ageNonces()
            try await watch.wait(for: .idle, from: before)
            while fake.challenges == challenges { try await Task.sleep(for: .milliseconds(5)) }
        }
        #expect(!watch.events.contains(.needsOperator(.wrongCredentials)))
        await watch.stop()
        await fake.stop()
    }

    @Test("a wrong password is tried once with a fresh nonce, and then the link stops")
    func wrongPassword() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake, password: "wrong")
        await watch.end()
        #expect(watch.events == [.needsOperator(.wrongCredentials)])
        #expect(fake.challenges == 2)
        await fake.stop()
    }

    @Test("PRINTING after our cancel is shown as finishing, until the machine says STOPPED")
    func cancel() async throws {
        let fake = try await FakePrusaLink()
        fake.change { state in
            state.told = "PRINTING"
            state.job = 7
        }
        let watch = watch(fake)
        try await watch.wait(for: .printing)
        let before = watch.events.count
        #expect(await watch.link.send(.cancel, timeout: .ample) == .accepted)
        let finishing = try await watch.wait(for: .finishing, from: before)
        #expect(finishing.detail == "cancelling")
        fake.change { state in
            state.told = "STOPPED"
            state.job = nil
        }
        let stopped = try await watch.wait(for: .cancelled)
        #expect(stopped.file?.name == "cube.bgcode")
        await watch.stop()
        await fake.stop()
    }

    @Test("a job that changed, a state that forbids it, no job at all: refused, each with its reason")
    func refusals() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake) { pace in
            pace.prusaIdle = .seconds(600)
            pace.prusaPrinting = .seconds(600)
        }
        try await watch.wait(for: .idle)
        #expect(await watch.link.send(.pause, timeout: .ample) == .refused("Not sent: the printer has no job."))
        #expect(
            await watch.link.send(.start(path: "/usb/CUBE~1.BGC"), timeout: .ample)
                == .refused("The printer is busy, or a question is open on its screen. Confirm it at the printer."))
        #expect(await watch.link.send(.emergencyStop, timeout: .ample) == .notOffered)
        await watch.stop()

        fake.change { state in
            state.told = "PRINTING"
            state.job = 1
        }
        let other = self.watch(fake) { $0.prusaPrinting = .seconds(600) }
        try await other.wait(for: .printing)
        fake.change { $0.job = 2 }
        #expect(
            await other.link.send(.pause, timeout: .ample) == .refused("The printer has another job by now."))
        fake.change { $0.told = "ATTENTION" }
        try await other.wait(for: "job 2") {
            if case .reading(let reading) = $0 { reading.jobID == "2" } else { false }
        }
        #expect(
            await other.link.send(.resume, timeout: .ample)
                == .refused("The printer's state does not allow that."))
        await other.stop()
        await fake.stop()
    }

    @Test("a machine that hangs is offline, and left in peace after three time-outs")
    func hung() async throws {
        let fake = try await FakePrusaLink()
        let pace = ChangingPace()
        let watch = watch(fake, pace)
        try await watch.wait(for: .idle)
        pace.request = .seconds(1)
        try await waitForTwo(fake)
        fake.change { $0.isHung = true }
        // The first of them has had no answer, and the second is of the next attempt, which has none either.
        try await waitForTwo(fake)
        try await watch.wait(for: "offline") { $0 == .offline(.noAnswer(seconds: 1)) }
        #expect(await watch.link.send(.cancel, timeout: .ample) == .unknown("the printer is not connected"))
        let before = watch.events.count
        pace.request = .ample
        fake.change { $0.isHung = false }
        try await watch.wait(for: .idle, from: before)
        await watch.stop()
        await fake.stop()
    }

    @Test("while a file is sent nothing is asked, and the machine is not called offline for it")
    func longUpload() async throws {
        let fake = try await FakePrusaLink()
        fake.change { $0.keepsPuts = true }
        let pace = ChangingPace()
        pace.rests = true
        let watch = watch(fake, pace)
        try await watch.wait(for: .idle)
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).bgcode").path
        try Data("GCDE".utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        let upload = FileUpload(
            localPath: path, name: "a.bgcode", size: 4)
        let sending = Task { try await watch.link.upload(upload) { _ in } }
        while fake.puts.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        // Polls begin to be due only now, and one that waited behind the file would be given up.
        pace.request = .milliseconds(100)
        pace.rests = false
        let requests = fake.requestCount
        try await Task.sleep(for: .seconds(1))
        #expect(fake.requestCount == requests)
        pace.request = .ample
        fake.change { $0.keepsPuts = false }
        _ = try await sending.value
        let before = watch.events.count
        try await watch.wait(for: .idle, from: before)
        let offline = watch.events.contains { if case .offline = $0 { true } else { false } }
        #expect(!offline)
        await watch.stop()
        await fake.stop()
    }

    @Test("one that does not tell its storage is told of as that, and not as another server")
    func noStorage() async throws {
        let fake = try await FakePrusaLink()
        fake.change { $0.tellsStorage = false }
        let watch = watch(fake)
        try await watch.wait(for: .idle)
        let upload = FileUpload(localPath: "/dev/null", name: "a.bgcode", size: 0)
        let fault = LinkFault.refused(status: 404, PrusaLinkLink.noStorage)
        await #expect(throws: fault) { _ = try await watch.link.upload(upload) { _ in } }
        await #expect(throws: fault) { _ = try await watch.link.files() }
        #expect(fault.description.contains("does not tell where it keeps files"))
        await watch.stop()
        await fake.stop()
    }

    @Test("a file is put as it is, and the picture of the Pi's camera is a whole JPEG or a reason")
    func filesAndPictures() async throws {
        let fake = try await FakePrusaLink()
        let watch = watch(fake)
        let path = FileManager.default.temporaryDirectory.appending(path: "farmtop-\(UUID().uuidString).bgcode").path
        try Data("GCDE".utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        let upload = FileUpload(
            localPath: path, name: "Käfer & co.bgcode", size: 4)
        let stored = try await watch.link.upload(upload) { _ in }
        #expect(stored.path == "/usb/Käfer & co.bgcode")
        #expect(fake.uploaded == Array("GCDE".utf8))
        // Once: what opens it was fresh, and no challenge made the file go twice.
        #expect(fake.puts == ["/api/v1/files/usb/K%C3%A4fer%20%26%20co.bgcode"])
        await #expect(throws: LinkFault.noPicture("the printer has no camera")) { _ = try await watch.link.picture() }
        fake.change { $0.snap = (204, []) }
        await #expect(throws: LinkFault.noPicture("the printer has taken none yet")) {
            _ = try await watch.link.picture()
        }
        fake.change { $0.snap = (200, picture) }
        #expect(try await watch.link.picture() == picture)
        fake.change { $0.snap = (200, Array("\u{89}PNG".utf8)) }
        await #expect(throws: LinkFault.noPicture("what came is no whole JPEG")) { _ = try await watch.link.picture() }
        await watch.stop()
        await fake.stop()
    }
}
