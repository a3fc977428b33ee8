import Farm
import Testing
import Text

@testable import WireSchema

/// What was written, to be read again.
private struct Written: WireSource {
    var members: [String: JSONValue]

    init(_ members: [String: JSONValue]) { self.members = members }

    init<Object: WireObject>(_ object: Object) throws {
        guard case .object(let members) = try JSONReader.read(JSONWriter.bytes { $0.object(object) }) else {
            throw WireError.missing(field: "an object")
        }
        self.members = members
    }

    private func value(_ name: StaticString) -> JSONValue? { members[name.description] }
    func text(_ name: StaticString) -> String? { if case .string(let text) = value(name) { text } else { nil } }
    func flag(_ name: StaticString) -> Bool? { if case .bool(let flag) = value(name) { flag } else { nil } }
    func whole(_ name: StaticString) -> Int64? { if case .integer(let number) = value(name) { number } else { nil } }
    func number(_ name: StaticString) -> Double? {
        switch value(name) {
        case .double(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
    func time(_ name: StaticString) -> Timestamp? { text(name).flatMap { Timestamp(rfc3339: $0) } }
    func texts(_ name: StaticString) -> [String]? {
        guard case .array(let elements) = value(name) else { return nil }
        return elements.map { if case .string(let text) = $0 { text } else { "" } }
    }
    func list(_ name: StaticString) -> [any WireSource]? {
        guard case .array(let elements) = value(name) else { return nil }
        return elements.map { if case .object(let members) = $0 { Written(members) } else { Written([:]) } }
    }
    func objects(_ name: StaticString) -> [(name: String, value: any WireSource)]? {
        guard case .object(let members) = value(name) else { return nil }
        return members.sorted { ($0.key.count, $0.key) < ($1.key.count, $1.key) }.map { name, value in
            if case .object(let members) = value { (name, Written(members)) } else { (name, Written([:])) }
        }
    }
    func object(_ name: StaticString) -> (any WireSource)? {
        if case .object(let members) = value(name) { Written(members) } else { nil }
    }
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
        let read = try ToldPrinter(reading: Written(told))
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
        var members = try Written(told).members
        #expect(members["machine"] == nil && members["status"] == .null)
        members["machine"] = .object(["kind": .string("teleporter"), "stale": .bool(false), "abilities": .array([])])
        let read = try ToldPrinter(reading: Written(members))
        #expect(read.snapshot.machine == nil)
    }

    @Test("a farm that tells no tags, or words that are none here, is read without them")
    func noTags() throws {
        var members = try Written(told()).members
        for value in [nil, JSONValue.null, .array([.string("two words")])] {
            members["tags"] = value
            let read = try ToldPrinter(reading: Written(members))
            #expect(read.snapshot.printer.settings.tags == [])
        }
    }

    @Test("a region is told in fractions; a farm that tells none, or one that is none here, judges the whole picture")
    func regions() throws {
        let told = told()
        let text = String(decoding: JSONWriter.bytes { $0.object(told) }, as: UTF8.self)
        let bed = #"{"bed":{"x":0.1,"y":0.205,"width":0.6,"height":0.555},"#
        #expect(text.contains(bed + #""ignored":[{"x":0.0,"y":0.0,"width":0.09,"height":0.04}]}"#))
        var members = try Written(told).members
        for value in [nil, JSONValue.null, .object([:])] {
            members["camera_region"] = value
            let read = try ToldPrinter(reading: Written(members))
            #expect(read.snapshot.printer.settings.cameraRegion == .whole)
        }
    }

    @Test("a print that has ended is read with its end")
    func endedPrint() throws {
        var print = try #require(told().snapshot.print)
        print.close(Print.End(at: moment, result: .failed, failureReason: "warping"))
        let written = ToldPrint(print: print, printer: told().snapshot.printer, notWatchingReason: nil)
        #expect(try ToldPrint(reading: Written(written)).print == print)
    }

    @Test(
        "an event is read as it was written, whoever did it",
        arguments: [EventActor.client("app"), .person, .channel("phone"), .machine, .farmtop])
    func event(actor: EventActor) throws {
        let event = FarmEvent(
            id: 3, kind: .paused, severity: .warning, actor: actor, title: "Paused", text: "by hand",
            createdAt: moment, accountID: 0, printerID: 7, printID: 9)
        let read = try ToldEvent(reading: Written(ToldEvent(event, imageURL: nil)))
        #expect(read.event == event)
    }

    @Test("a field that must be there and is not, or holds an unknown word, is named")
    func faults() throws {
        var members = try Written(told()).members
        members["machine_state"] = nil
        #expect(throws: WireError.missing(field: "machine_state")) { try ToldPrinter(reading: Written(members)) }
        members["action_on_failure"] = "EXPLODE"
        #expect(throws: WireError.unknownWord(field: "action_on_failure", word: "EXPLODE")) {
            try ToldPrinter(reading: Written(members))
        }
    }

    @Test("no name stands twice in a table, and what is optional is so in the description")
    func names() {
        func check<Object>(_ fields: [WireField<Object>]) {
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
