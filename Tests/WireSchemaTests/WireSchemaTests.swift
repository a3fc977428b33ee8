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
        default: break
        }
    }
    return settings
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
        #expect(ToldPrinter.fields.filter { !$0.isAlwaysThere }.map(\.name.description) == ["prediction"])
        #expect(ToldPrint.fields.filter { !$0.isAlwaysThere }.map(\.name.description) == ["print_time_approximate"])
    }
}
