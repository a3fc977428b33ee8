import Farm
import FarmService
import Testing

@Suite("Starting and ending prints", .timeLimit(.minutes(20)))
struct PrintTests {
    @Test("a second start_print ends the first as replaced, in the same transaction")
    func secondStart() async throws {
        let farm = try await TestFarm()
        let first = try await farm.start("a.gcode")
        farm.clock.advance(by: .seconds(90))
        let before = farm.store.rows.transactions
        let second = try await farm.start("b.gcode")
        #expect(farm.store.rows.transactions == before + 1)
        let stored = try #require(farm.store.rows.prints[first.id])
        #expect(stored.finishedAt == farm.clock.now)
        #expect(stored.cancelledAt == nil)
        #expect(stored.result == .replaced)
        #expect(stored.printTime == 90)
        #expect(farm.store.rows.prints[second.id]?.isOpen == true)
        #expect(farm.eventKinds == [.started, .ended, .started])
    }

    @Test("of eight starts at once exactly one print stays open and seven are finished")
    func parallelStarts() async throws {
        let farm = try await TestFarm()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<8 { group.addTask { _ = try await farm.start("part \(n).gcode") } }
            try await group.waitForAll()
        }
        let prints = farm.store.rows.prints.values
        #expect(prints.count == 8)
        #expect(prints.filter(\.isOpen).count == 1)
        #expect(prints.filter { $0.finishedAt != nil }.count == 7)
    }

    @Test("of eight finishes at once one succeeds and seven are told that nothing is printing")
    func parallelFinishes() async throws {
        let farm = try await TestFarm()
        _ = try await farm.start()
        let results = await withTaskGroup(of: FarmError?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(FarmError) {
                        _ = try await farm.service.perform(
                            FinishPrint(caller: .administrator, printer: farm.printer, result: .success))
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [FarmError?]()) { $0.append($1) }
        }
        #expect(results.filter { $0 == nil }.count == 1)
        #expect(results.filter { $0 == .notPrinting }.count == 7)
    }

    @Test("a cancelled print is cancelled, not finished, and its printer is free again")
    func cancel() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        let live = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .cancelled))
        #expect(live.currentPrint == nil)
        #expect(live.printer.currentPrintID == nil)
        #expect(farm.store.rows.prints[print.id]?.result == .cancelled)
        #expect(farm.store.rows.prints[print.id]?.finishedAt == nil)
    }

    @Test(
        "a file name is 1 to 1000 characters after trimming",
        arguments: [
            ("", "This field may not be blank."), (" \t\n", "This field may not be blank."),
            ("a\0b", "Null characters are not allowed."),
            (String(repeating: "é", count: 1001), "Ensure this field has no more than 1000 characters."),
        ])
    func badFilename(name: String, message: String) async throws {
        let farm = try await TestFarm()
        await #expect(throws: FarmError.invalid([FieldError("filename", message)])) { _ = try await farm.start(name) }
        #expect(farm.store.rows.prints.isEmpty)
    }

    @Test("white space around a file name is not part of it")
    func trims() async throws {
        let farm = try await TestFarm()
        #expect(try await farm.start("  x.gcode\n").filename == "x.gcode")
        #expect(try await farm.start(String(repeating: "é", count: 1000)).filename.unicodeScalars.count == 1000)
    }

    @Test("archiving a printing printer cancels the print and hides the printer")
    func archive() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        try await farm.service.perform(ArchivePrinter(caller: .administrator, printer: farm.printer))
        #expect(farm.store.rows.prints[print.id]?.cancelledAt != nil)
        #expect(throws: FarmError.noSuchPrinter) {
            try farm.service.state.printer(farm.printer, for: .administrator)
        }
        #expect(farm.service.snapshot().printers.isEmpty)
        let back = try await farm.service.perform(
            UnarchivePrinter(caller: .administrator, printer: farm.printer))
        #expect(back.printer.archivedAt == nil)
    }

    @Test("a print that nobody saw is not ended by putting its printer away or removing it")
    func endsSeenPrintsOnly() async throws {
        let farm = try await TestFarm()
        let first = try await farm.start("first.gcode")
        _ = try await farm.start("second.gcode")
        let other = FarmError.anotherPrint(filename: "second.gcode")
        for seen in [SeenPrint.nothing, .print(first.id)] {
            await #expect(throws: other) {
                try await farm.service.perform(
                    ArchivePrinter(caller: .administrator, printer: farm.printer, seen: seen))
            }
            await #expect(throws: other) {
                try await farm.service.perform(.deletePrinter(farm.printer, seen: seen))
            }
        }
        #expect(try farm.openPrint.filename == "second.gcode")
        let second = try farm.openPrint.id
        try await farm.service.perform(
            ArchivePrinter(caller: .administrator, printer: farm.printer, seen: .print(second)))
        #expect(farm.store.rows.prints[second]?.cancelledAt != nil)
    }

    @Test("a deleted printer is gone from every list, and its prints stay")
    func delete() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        try await farm.service.perform(DeletePrinter(caller: .administrator, printer: farm.printer))
        #expect(farm.service.state.printers(for: .administrator, includeArchived: true).isEmpty)
        let (kept, printer) = try await farm.service.print(print.id, caller: .administrator)
        #expect(kept.cancelledAt != nil)
        #expect(printer.settings.name == "mk3")
    }

    @Test("a print of the history can be judged, and deleting it leaves its events without it, also on the screen")
    func history() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        _ = try await farm.start("next.gcode")
        _ = try await farm.start("third.gcode")
        var patch = PrintPatch()
        patch.alertOverwrite = .some(.notFailed)
        patch.filamentUsed = .some(12.5)
        let changed = try await farm.service.perform(
            UpdatePrint(caller: .administrator, print: print.id, patch: patch))
        #expect(changed.alertOverwrite == .notFailed)
        #expect(farm.store.rows.prints[print.id]?.filamentUsed == 12.5)
        let removed = try await farm.service.perform(
            DeletePrints(caller: .administrator, prints: [print.id, print.id, 999]))
        #expect(removed == 1)
        #expect(farm.store.rows.prints[print.id]?.deletedAt == farm.clock.now)
        let shown = farm.service.snapshot().events
        #expect(shown == farm.store.rows.events)
        #expect(
            shown.map(\.kind) == [.settings, .started, .ended, .started, .ended, .started, .verdict])
        #expect(shown.filter { $0.printID == nil }.map(\.kind) == [.settings, .started, .ended, .verdict])
    }

    @Test("a failed print keeps its reason, counts as cancelled on Obico's fields, and its alert as a failure")
    func failed() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        _ = try await farm.service.perform(
            .finishPrint(farm.printer, result: .failed, reason: "  detached from the bed "))
        let stored = try #require(farm.store.rows.prints[print.id])
        #expect(stored.result == .failed)
        #expect(stored.failureReason == "detached from the bed")
        #expect(stored.cancelledAt != nil && stored.finishedAt == nil)
        #expect(stored.alertOverwrite == .failed)
        #expect(
            farm.store.rows.events.last?.text
                == "benchy.gcode was ended as failed by the operator: detached from the bed.")
        #expect(try farm.snapshot.machineWord == .failed)
    }

    @Test(
        "the end of a print ends its alert, its pause request and what its pictures have shown",
        arguments: [PrintResult.success, .cancelled, .failed])
    func endsEverything(result: PrintResult) async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        try await farm.frames(score: 200) { $0.pauseRequested }
        _ = try await farm.service.perform(.finishPrint(farm.printer, result: result, reason: nil))
        farm.clock.advance(by: .seconds(300))
        await farm.service.tick()
        let shown = try farm.snapshot
        #expect(shown.machineWord == MachineWord(result))
        #expect(shown.states == PrinterStates())
        #expect(shown.rank.level == .rest)
        #expect(shown.failureProbability == nil)
        #expect(shown.pauseDeadline == nil)
        #expect(farm.store.rows.evidence.isEmpty)
        #expect(!farm.eventKinds.contains(.pauseNotConfirmed))
        let stored = try #require(farm.store.rows.prints[print.id])
        #expect(stored.alertState == AlertState.none && !stored.awaitsPause)
        #expect(stored.needsVerdict == (result != .failed))
    }

    @Test("that a print failed can be taken back: it ended as before, and its verdict is as before")
    func unmarked() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start("a.gcode")
        _ = try await farm.service.perform(
            FinishPrint(caller: .administrator, printer: farm.printer, result: .cancelled))
        let ended = try #require(farm.store.rows.prints[print.id])
        _ = try await farm.service.perform(.markFailed(print.id, reason: "warping"))
        #expect(farm.store.rows.prints[print.id]?.result == .failed)
        _ = try await farm.service.perform(.unmarkFailed(print.id, result: .cancelled, verdict: nil))
        let after = try #require(farm.store.rows.prints[print.id])
        #expect(after.result == .cancelled && after.failureReason == nil && after.alertOverwrite == nil)
        #expect(after.endedAt == ended.endedAt)
    }

    @Test("an ended print can be marked as failed later, with its reason; a verdict alone never changes its result")
    func markedLater() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        _ = try await farm.service.perform(.finishPrint(farm.printer, result: .success, reason: nil))
        let endedAt = farm.store.rows.prints[print.id]?.endedAt
        farm.clock.advance(by: .seconds(60))
        _ = try await farm.service.perform(.judgePrint(print.id, verdict: .failed))
        #expect(farm.store.rows.prints[print.id]?.result == .success)
        _ = try await farm.service.perform(.markFailed(print.id, reason: "warping"))
        let stored = try #require(farm.store.rows.prints[print.id])
        #expect(stored.result == .failed && stored.failureReason == "warping" && stored.endedAt == endedAt)
        #expect(farm.store.rows.events.last?.title == "Print Marked as Failed")
    }

    @Test("a print that failed is no false alert", arguments: [AlertVerdict.notFailed, nil])
    func failedIsAFailure(verdict: AlertVerdict?) async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        _ = try await farm.service.perform(.finishPrint(farm.printer, result: .failed, reason: nil))
        await #expect(throws: FarmError.self) {
            _ = try await farm.service.perform(.judgePrint(print.id, verdict: verdict))
        }
        #expect(farm.store.rows.prints[print.id]?.alertOverwrite == .failed)
    }

    @Test("only a failed print has a reason")
    func reasonOfSuccess() async throws {
        let farm = try await TestFarm()
        let print = try await farm.start()
        var patch = PrintPatch()
        patch.failureReason = "because"
        await #expect(throws: FarmError.self) {
            _ = try await farm.service.perform(UpdatePrint(caller: .administrator, print: print.id, patch: patch))
        }
        #expect(farm.store.rows.prints[print.id]?.isOpen == true)
    }
}
