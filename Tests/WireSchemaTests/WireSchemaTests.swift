import Farm
import Testing
import Text

@testable import WireSchema

/// The members of what was written, to be read again.
private func written(_ object: some WireObject) throws -> [String: JSONValue] {
    guard case .object(let members) = try JSONReader.read(JSONWriter.bytes { $0.object(object) }) else {
        throw WireError.notAnObject
    }
    return members
}

private let moment = Timestamp(microseconds: 1_795_438_387_501_618)

/// Every setting has a value that is not its standard one.
private func settings() -> PrinterSettings {
    var settings = PrinterSettings(name: "mk4")
    for setting in PrinterSetting.all {
        switch (setting.rule, setting.value(settings)) {
        case (.flag, .flag(let flag)): setting.set(.flag(!flag), in: &settings)
        case (.number(let range), _): setting.set(.number(range.lowerBound), in: &settings)
        case (.whole(let least), _): setting.set(.whole(least), in: &settings)
        case (.choice(let words), .text(let word)):
            setting.set(.text(words.first { $0 != word } ?? word), in: &settings)
        case (.tags, _): setting.set(.words(["hall-2", "mk4"]), in: &settings)
        case (.region, _):
            if let region = CameraRegion("bed=100,205,600,555 ignore=0,0,90,40") {
                setting.set(.region(region), in: &settings)
            }
        default: break
        }
    }
    return settings
}

/// Where it is in the network is not told.
private func machine() -> MachineSnapshot {
    var reading = PrinterReading(
        state: .printing, detail: "preheating", error: "tool 2 is cold", file: ReadFile(name: "benchy.gcode"),
        at: Timestamp(microseconds: 1_795_438_387_000_000))
    reading.progress = 0.25
    reading.elapsed = 600
    reading.remaining = 1800
    // More than ten tools: their order is that of their numbers.
    reading.nozzles = (0..<12).map { ReadTemperature(actual: Double($0), target: 200) }
    reading.bed = ReadTemperature(actual: 60)
    reading.layer = ReadLayer(now: 12, total: 60)
    reading.light = true
    return MachineSnapshot(
        settings: LinkSettings(address: LinkAddress(kind: .octoprint, base: WebAddress(scheme: .http, host: ""))),
        isConfirmed: true, reading: reading, isStale: true, abilities: [.pause, .light],
        identity: MachineIdentity(server: "OctoPrint 1.11.8", firmware: "Marlin"))
}

private func told() -> ToldPrinter {
    var printer = Printer(id: 7, accountID: 0, settings: settings(), createdAt: moment, authToken: "83e5")
    printer.archivedAt = moment
    printer.statistics.normalizedP = 0.25
    var print = Print(id: 9, printerID: 7, accountID: 0, filename: "benchy.gcode", startedAt: moment)
    print.printerName = "mk4"
    print.alertedAt = moment
    print.pauseRequestedAt = moment
    print.alertOverwrite = .notFailed
    print.maxFailureProbability = 0.75
    print.isPrintTimeApproximate = true
    var snapshot = PrinterSnapshot(
        printer: printer, accountName: "", print: print,
        states: PrinterStates(machine: .printing, camera: .watch, alert: .standing), failureProbability: 0.5,
        thresholds: AlertThresholds(alert: 1, pause: 1, clear: 1),
        habit: CameraHabit(usual: 0.1, seldomOver: 0.2, hours: 3), notWatchingReason: "Alerts are muted")
    snapshot.pauseDeadline = moment
    snapshot.machine = machine()
    var statistics = TemporalStatistics()
    statistics.predictionNum = 5
    statistics.ewmMean = 0.125
    return ToldPrinter(
        snapshot,
        prediction: ToldPrediction(printer: 7, statistics, failureProbability: 0.5, at: moment))
}

@Suite("The API's objects as tables of fields", .timeLimit(.minutes(20)))
struct WireSchemaTests {
    @Test("a printer is read as it was written, with its print, its latest frame and each of its settings")
    func printer() throws {
        let told = told()
        let read = try ToldPrinter(reading: JSONSource(written(told)))
        #expect(read.snapshot == told.snapshot)
        #expect(read.prediction?.statistics == told.prediction?.statistics)
        #expect(read.prediction?.at == moment && read.prediction?.failureProbability == 0.5)
    }

    @Test("the tags stand last, and only a linked printer has a machine; a kind that is not known is none")
    func tagsAndMachines() throws {
        var told = told()
        told.prediction = nil
        let text = String(decoding: JSONWriter.bytes { $0.object(told) }, as: UTF8.self)
        #expect(text.hasSuffix(#","tags":["hall-2","mk4"]}"#))
        told.snapshot.machine = nil
        var members = try written(told)
        #expect(members["machine"] == nil && members["status"] == .null)
        members["machine"] = .object(["kind": .string("teleporter"), "stale": .bool(false), "abilities": .array([])])
        let read = try ToldPrinter(reading: JSONSource(members))
        #expect(read.snapshot.machine == nil)
    }

    @Test("a farm that tells no tags, or words that are none here, is read without them")
    func noTags() throws {
        var members = try written(told())
        for value in [nil, JSONValue.null, .array([.string("two words")])] {
            members["tags"] = value
            let read = try ToldPrinter(reading: JSONSource(members))
            #expect(read.snapshot.printer.settings.tags == [])
        }
    }

    @Test("a region is told in fractions; a farm that tells none, or one that is none here, judges the whole picture")
    func regions() throws {
        let told = told()
        let text = String(decoding: JSONWriter.bytes { $0.object(told) }, as: UTF8.self)
        let bed = #"{"bed":{"x":0.1,"y":0.205,"width":0.6,"height":0.555},"#
        #expect(text.contains(bed + #""ignored":[{"x":0.0,"y":0.0,"width":0.09,"height":0.04}]}"#))
        var members = try written(told)
        for value in [nil, JSONValue.null, .object([:])] {
            members["camera_region"] = value
            let read = try ToldPrinter(reading: JSONSource(members))
            #expect(read.snapshot.printer.settings.cameraRegion == .whole)
        }
    }

    @Test("a print that has ended is read with its end")
    func endedPrint() throws {
        var print = try #require(told().snapshot.print)
        print.close(Print.End(at: moment, result: .failed, failureReason: "warping"))
        let ended = ToldPrint(print: print, printer: told().snapshot.printer, notWatchingReason: nil)
        #expect(try ToldPrint(reading: JSONSource(written(ended))).print == print)
    }

    @Test(
        "an event is read as it was written, whoever did it",
        arguments: [EventActor.client("app"), .person, .channel("phone"), .machine, .farmtop])
    func event(actor: EventActor) throws {
        let event = FarmEvent(
            id: 3, kind: .paused, severity: .warning, actor: actor, title: "Paused", text: "by hand",
            createdAt: moment, accountID: 0, printerID: 7, printID: 9)
        let read = try ToldEvent(reading: JSONSource(written(ToldEvent(event, imageURL: nil))))
        #expect(read.event == event)
    }

    @Test("a field that must be there and is not, or holds an unknown word, is named")
    func faults() throws {
        var members = try written(told())
        members["machine_state"] = nil
        #expect(throws: WireError.missing(field: "machine_state")) { try ToldPrinter(reading: JSONSource(members)) }
        members["action_on_failure"] = "EXPLODE"
        #expect(throws: WireError.unknownWord(field: "action_on_failure", word: "EXPLODE")) {
            try ToldPrinter(reading: JSONSource(members))
        }
        for (field, value) in [("name", JSONValue.integer(1)), ("created_at", "yesterday"), ("tags", ["a": 1])] {
            members = try written(told())
            members[field] = value
            #expect(throws: WireError.otherKind(field: field)) { try ToldPrinter(reading: JSONSource(members)) }
        }
        #expect(throws: WireError.notAnObject) { try JSONSource(Array("[]".utf8)) }
    }

    @Test("no name stands twice in a table, and what is optional is so in the description")
    func names() {
        func check<Object>(_ fields: WireTable<Object>) {
            let names = fields.map(\.name.description)
            #expect(Set(names).count == names.count)
        }
        check(ToldPrinter.fields)
        check(ToldPrint.listedFields)
        check(ToldPrediction.fields)
        check(ToldEvent.fields)
        check(ToldMachine.fields)
        #expect(ToldPrinter.fields.filter { !$0.isAlwaysThere }.map(\.name.description) == ["machine", "prediction"])
        #expect(ToldPrint.fields.filter { !$0.isAlwaysThere }.map(\.name.description) == ["print_time_approximate"])
    }
}
