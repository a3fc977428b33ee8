import FailureDetection
import Farm
import FarmService
import TestSupport
import Testing

@Suite("What a camera's clean pictures score is learnt", .timeLimit(.minutes(20)))
struct LearningTests {
    /// A farm of 0.1 with one finished print, whose predictions are stored, and nothing learnt.
    private func oldFarm(_ store: MemoryStore, isOpen: Bool = false) async throws -> PrinterID {
        let farm = try await TestFarm(store: store)
        _ = try await farm.start("old.gcode")
        for _ in 0..<120 {
            farm.clock.advance(by: .seconds(9))
            try await farm.frames(1, score: 30)
        }
        if !isOpen {
            _ = try await farm.service.perform(.finishPrint(farm.printer, result: .success, reason: nil))
        }
        store.forgetJudgements()
        return farm.printer
    }

    private func upgraded(_ store: MemoryStore) async throws -> FarmService {
        let farm = try await TestFarm(store: store)
        await farm.service.setDetector(ScoringDetector(), failureModel: try TestFarm.failureModel())
        return farm.service
    }

    @Test("finished, unalerted prints from before teach the camera once, at the first start")
    func storedPrints() async throws {
        let store = MemoryStore()
        let printer = try await oldFarm(store)
        let service = try await upgraded(store)
        let habit = try #require(service.snapshot().printers.first { $0.id == printer }?.habit)
        #expect(abs(habit.usual - 0.3) < 0.05)
        #expect(store.rows.printers[printer]?.needsTeaching == false)
        #expect(store.rows.cameras.keys.map(\.width) == [0], "stored predictions do not tell the size of the pictures")
        _ = try await service.perform(StartPrint(caller: .administrator, printer: printer, filename: "next.gcode"))
        _ = try await service.analyse([30], ticket: service.admitFrame(printer: printer, caller: .administrator))
        #expect(store.rows.cameras.keys.map(\.width) == [640], "the first camera that sends a picture takes it over")
    }

    @Test("an open print goes on from what its stored pictures have shown")
    func openPrint() async throws {
        let store = MemoryStore()
        let farm = try await TestFarm(store: store)
        try await farm.onlyAlert()
        _ = try await farm.start("old.gcode")
        try await farm.frames(score: 200) { $0.failureProbability > 0.9 }
        store.forgetJudgements()
        let service = try await upgraded(store)
        let shown = try #require(service.snapshot().printers.first { $0.id == farm.printer })
        #expect(try #require(shown.failureProbability) > 0.9)
        #expect(shown.states.camera == .failing)
        #expect(try #require(shown.print?.maxFailureProbability) > 0.9)
    }

    @Test("what was learnt survives a restart and can be forgotten")
    func forget() async throws {
        let store = MemoryStore()
        let printer = try await oldFarm(store)
        _ = try await upgraded(store)
        let service = try await upgraded(store)
        #expect(service.snapshot().printers.first { $0.id == printer }?.habit != nil)
        #expect(try await service.perform(.forgetCamera(printer)) == .done(succeeded: true))
        #expect(store.rows.cameras.isEmpty)
        #expect(service.snapshot().printers.first { $0.id == printer }?.habit == nil)
        #expect(store.rows.events.last?.title == "Camera Forgotten")
        #expect(store.rows.events.last?.actor == .person)
        #expect(try await service.perform(.forgetCamera(printer)) == .done(succeeded: false))
    }

    @Test("a camera that is forgotten while it prints leaves the number, and nothing from before teaches")
    func forgetWhilePrinting() async throws {
        let farm = try await TestFarm()
        try await farm.onlyAlert()
        _ = try await farm.start()
        for _ in 0..<200 {
            farm.clock.advance(by: .seconds(9))
            try await farm.frames(1, score: 20)
        }
        let before = try #require(try farm.snapshot.failureProbability)
        #expect(try await farm.service.perform(.forgetCamera(farm.printer)) == .done(succeeded: true))
        #expect(try farm.snapshot.failureProbability == before)
        #expect(try farm.snapshot.habit == nil)
        _ = try await farm.service.perform(.finishPrint(farm.printer, result: .success, reason: nil))
        #expect(try farm.snapshot.habit == nil, "what was seen before is forgotten too")
    }

    @Test("of a printer that sends pictures of ever new sizes eight cameras are remembered")
    func surplus() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        for size in 1...20 {
            farm.clock.advance(by: .seconds(10))
            let ticket = try farm.service.admitFrame(printer: farm.printer, caller: .administrator)
            _ = try await farm.service.analyse([0, UInt8(size)] + Array("sized".utf8), ticket: ticket)
        }
        #expect(farm.store.rows.cameras.count <= FarmLimits().camerasPerPrinter)
        #expect(farm.store.rows.cameras.keys.contains { $0.width == 20 }, "the one in use is among them")
    }
}
