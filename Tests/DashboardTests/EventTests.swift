import Farm
import Testing

@testable import Dashboard

@Suite("Events on the screen", .timeLimit(.minutes(20)))
struct EventTests {
    private static let actors: [EventActor] = [
        .client("orca-lab"), .person, .channel("ntfy"), .machine, .farmtop,
    ]

    /// One of each kind, without a title of the farm's.
    private var farm: FarmSnapshot {
        var farm = FarmFixture.farm
        farm.events = FarmEvent.Kind.allCases.enumerated().map { index, kind in
            let severity: FarmEvent.Severity = [.failureAlerted, .pauseNotConfirmed].contains(kind) ? .error : .info
            return FarmFixture.event(
                EventID(rawValue: Int64(index + 1)), kind, severity, "", "long.gcode", printer: 7,
                secondsAgo: 600 - index * 10, by: Self.actors[index % Self.actors.count])
        }
        return farm
    }

    @Test("Each kind has a sign and a word, and says who did it")
    func kinds() throws {
        var state = FarmFixture.dashboard(farm, columns: 100, rows: 60)
        _ = state.press(.enter)
        try GoldenScreen.expect(state.draw(), "events-100x60")
        for event in farm.events {
            #expect(!event.heading.isEmpty && event.sign != " ")
            #expect(state.draw().text.contains(event.heading), "\(event.kind)")
        }
        for who in ["orca-lab", "person", "ntfy", "printer", "farmtop"] { #expect(state.draw().text.contains(who)) }
    }

    @Test("The farm's own title comes before the word")
    func title() {
        let event = FarmFixture.event(
            1, .settings, .info, "Sensitivity 1.1", "", printer: 7, secondsAgo: 1, by: .person)
        #expect(event.words == "Sensitivity 1.1 (person)")
    }

    @Test("In plain lines an event says who did it")
    func plain() {
        var feed = PlainFeed(utcOffsetSeconds: 0)
        var farm = farm
        let event = farm.events.removeLast()
        _ = feed.lines(.snapshot(farm), at: FarmFixture.now)
        farm.events.append(event)
        #expect(
            feed.lines(.snapshot(farm), at: FarmFixture.now) == [
                "12:53:07 rack-a-07: info: Command: long.gcode (\(event.who))"
            ])
    }
}

@Suite("The failure probability in figures and words", .timeLimit(.minutes(20)))
struct ProbabilityTests {
    @Test("A picture shows loose strands from a score of 0.2 on; the last thirty count")
    func strands() {
        func points(_ scores: [Double]) -> [ScorePoint] {
            scores.enumerated().map {
                ScorePoint(
                    at: FarmFixture.now + .seconds($0.offset), frame: Int64($0.offset + 1), p: $0.element,
                    failureProbability: 0.1, ewmMean: 0, normalizedP: 0)
            }
        }
        #expect(StrandCount(points([])).words == nil)
        #expect(StrandCount(points([0.19])).words == "No loose strands in the first picture")
        #expect(StrandCount(points([0.2])).words == "Loose strands in the first picture")
        #expect(StrandCount(points([0.1, 0.1])).words == "No loose strands in the last 2 pictures")
        let many = Array(repeating: 0.9, count: 50) + Array(repeating: 0.1, count: 2) + Array(repeating: 0.2, count: 28)
        #expect(StrandCount(points(many)).words == "Loose strands in 28 of the last 30 pictures")
    }

    @Test("Frames from before 0.2 leave a gap in the line and are no zero")
    func before() {
        let points = (1...4).map { frame in
            ScorePoint(
                at: FarmFixture.now, frame: Int64(frame), p: 0, failureProbability: frame > 2 ? 0.5 : nil, ewmMean: 0,
                normalizedP: 0.9)
        }
        #expect(Sparkline.levels(points, columns: 4) == [nil, nil, 0.5, 0.5])
    }

    @Test("A print from before 0.2 says that its failure probability is not known")
    func oldPrint() {
        var state = FarmFixture.dashboard()
        for case .loadPrints(let query) in state.press(.character("2")) {
            _ = state.handle(.prints(query, FarmFixture.prints))
        }
        _ = state.press(.end)
        var old = FarmFixture.scores(level: 0.85)
        for index in old.indices { old[index].failureProbability = nil }
        _ = state.handle(.points(88, old))
        #expect(state.draw().text.contains("Not known for prints from before 0.2."))
        _ = state.press(.enter)
        _ = state.press(.left)
        #expect(state.draw().text.contains("Its failure probability is not known: it is from before 0.2."))
        _ = state.press(.character("#"))
        #expect(state.draw().text.contains("ewm area"))
    }

    @Test("The order is the core's rank, by whole percents, then by id")
    func order() {
        func printer(_ id: PrinterID, _ level: Double) -> PrinterSnapshot {
            FarmFixture.printer(id, "mk\(id)", print: FarmFixture.print(1, on: id, "a.gcode", minutes: 1), level: level)
        }
        let order = PrinterOrder(column: .risk, isReversed: false, now: FarmFixture.now)
        #expect(order.precedes(printer(1, 0.012), printer(2, 0.014)))
        #expect(order.precedes(printer(2, 0.05), printer(1, 0.02)))
        #expect(order.precedes(FarmFixture.failing(0.6), printer(2, 0.99)))
    }
}
