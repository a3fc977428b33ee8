import Farm
import TestSupport
import Testing

@testable import FarmService

private let noon = Timestamp(secondsSince1970: 1_800_000_000)
private let start = SteadyTime(microseconds: 1_000_000_000)

/// Occasions, and what one channel says of them as time goes on.
private struct Night {
    var rule: NotificationRule
    var ledger = ChannelLedger()
    var occasions: [Occasion] = []
    var facts: [OccasionID: OccasionFacts] = [:]
    var seconds = 0
    var said: [(at: Int, message: PlannedMessage)] = []

    init(
        _ topics: [NotificationTopic] = NotificationTopic.allCases,
        _ change: (inout NotificationRule) -> Void = { _ in }
    ) {
        rule = NotificationRule(channel: "phone", topics: Set(topics), clock: .utc)
        change(&rule)
    }

    var clock: ClockReading {
        ClockReading(
            bootID: nil, sinceBoot: .seconds(seconds), wall: noon + .seconds(seconds),
            steady: start + .seconds(seconds), exactSince: start)
    }

    mutating func open(
        _ id: OccasionID, _ topic: NotificationTopic, _ severity: NotificationSeverity = .warning,
        probability: Double? = nil
    ) {
        let occasion = Occasion(
            id: id, topic: topic, severity: severity, printerID: PrinterID(id.rawValue), printID: PrintID(id.rawValue),
            printerName: "p\(id)", text: "it happened", openedAt: clock.wall, openedSteady: clock.steady)
        occasions.append(occasion)
        var fact = OccasionFacts()
        fact.isPrintOpen = true
        fact.probability = probability
        facts[id] = fact
        speak()
    }

    mutating func end(_ id: OccasionID) {
        for index in occasions.indices where occasions[index].id == id { occasions[index].overSince = clock.steady }
        speak()
    }

    mutating func relapse(_ id: OccasionID) {
        for index in occasions.indices where occasions[index].id == id {
            occasions[index].overSince = nil
            occasions[index].relapses += 1
        }
        speak()
    }

    mutating func answer(_ id: OccasionID) {
        for index in occasions.indices where occasions[index].id == id {
            occasions[index].answer = OccasionAnswer(actor: .channel("x"), verb: "dismissed", at: clock.wall)
        }
        speak()
    }

    /// - Parameter step: seconds from look to look.
    mutating func wait(_ duration: Int, step: Int = 1) {
        for _ in 0..<(duration / step) {
            seconds += step
            speak()
        }
    }

    private mutating func speak() {
        let plan = ChannelPlan(rule, ledger, occasions: occasions, facts: facts, now: clock)
        ledger = plan.ledger
        said += plan.messages.map { (seconds, $0) }
    }

    var forms: [FarmNotification.Form] { said.map(\.message.form) }
    var counts: [Int] { said.map(\.message.occasions.count) }
}

@Suite("What a channel says, and when", .timeLimit(.minutes(20)))
struct ChannelPlanTests {
    @Test("an alert is told at once, and once")
    func atOnce() {
        var night = Night()
        night.open(1, .alert, .critical)
        night.wait(7200)
        #expect(night.said.map(\.at) == [0] && night.forms == [.first])
    }

    @Test("a switch that dies below twenty thousand printers is one message, and so is that they are back")
    func wholeFarm() {
        let count = 20_000
        var occasions: [Occasion] = []
        var facts: [OccasionID: OccasionFacts] = [:]
        var fact = OccasionFacts()
        fact.isPrintOpen = true
        for number in 1...Int64(count) {
            let topic: NotificationTopic = number % 2 == 0 ? .printerLost : .cameraLost
            occasions.append(
                Occasion(
                    id: OccasionID(number), topic: topic, severity: .warning, printerID: PrinterID(number),
                    printID: PrintID(number), printerName: "p\(number)", text: "it happened", openedAt: noon,
                    openedSteady: start))
            facts[OccasionID(number)] = fact
        }
        let rule = NotificationRule(channel: "phone", clock: .utc)
        func plan(_ ledger: ChannelLedger, after seconds: Int) -> ChannelPlan {
            let now = ClockReading(
                bootID: nil, sinceBoot: .seconds(seconds), wall: noon + .seconds(seconds),
                steady: start + .seconds(seconds), exactSince: start)
            return ChannelPlan(rule, ledger, occasions: occasions, facts: facts, now: now)
        }
        let early = plan(ChannelLedger(), after: 59)
        #expect(early.messages.isEmpty && early.pending.count == count)
        let told = plan(ChannelLedger(), after: 60)
        #expect(told.messages.map(\.occasions.count) == [count])
        for index in occasions.indices { occasions[index].overSince = start + .seconds(100) }
        #expect(plan(told.ledger, after: 159).messages.isEmpty)
        let back = plan(told.ledger, after: 160)
        #expect(back.messages.map(\.form) == [.recovery] && back.messages.map(\.occasions.count) == [count])
    }

    @Test("an alert under the wanted probability waits until it is reached")
    func fromProbability() {
        var night = Night { $0.fromProbability = 0.8 }
        night.open(1, .alert, probability: 0.6)
        night.wait(60)
        #expect(night.said.isEmpty)
        night.facts[1]?.probability = 0.8
        night.wait(1)
        #expect(night.said.map(\.at) == [61])
    }

    @Test("thirty cameras that are lost within a minute are one message, and so is that they are back")
    func flood() {
        var night = Night()
        for id in 1...30 {
            night.open(OccasionID(Int64(id)), id % 3 == 0 ? .printerLost : .cameraLost)
            night.wait(1)
        }
        night.wait(120)
        #expect(night.counts == [30])
        for id in 1...30 {
            night.end(OccasionID(Int64(id)))
            night.wait(2)
        }
        night.wait(600)
        #expect(night.counts == [30, 30] && night.forms == [.first, .recovery])
    }

    @Test("thirty cameras that are lost at once and noticed minutes apart, each in its rhythm, are one message")
    func slowFlood() {
        var night = Night()
        // Ten at once, then one every twelve seconds: four minutes in all.
        for id in 1...10 { night.open(OccasionID(Int64(id)), .cameraLost) }
        for id in 11...30 {
            night.wait(12)
            night.open(OccasionID(Int64(id)), .cameraLost)
        }
        night.wait(600)
        #expect(night.counts == [30] && night.said.map(\.at) == [300])
        var endless = Night()
        for id in 1...40 {
            endless.open(OccasionID(Int64(id)), .cameraLost)
            endless.wait(30)
        }
        #expect(endless.said.first.map { $0.at <= 300 } == true, "but not for ever")
        var dip = Night()
        for id in 1...4 { dip.open(OccasionID(Int64(id)), .failed) }
        dip.wait(60)
        #expect(dip.counts == [4] && dip.said.map(\.at) == [20], "what fails is noticed at once")
    }

    @Test("a camera that comes and goes is told of once, and its recovery once, when it stays")
    func flapping() {
        var night = Night()
        night.open(1, .cameraLost)
        night.wait(30)
        for _ in 0..<20 {
            night.end(1)
            night.wait(40)
            night.relapse(1)
            night.wait(40)
        }
        #expect(night.forms == [.first])
        night.end(1)
        night.wait(4000)
        #expect(night.forms == [.first, .recovery])
    }

    @Test("what is over before it was told is not told")
    func overBefore() {
        var night = Night()
        night.open(1, .cameraLost)
        night.wait(10)
        night.end(1)
        night.wait(600)
        #expect(night.said.isEmpty)
    }

    @Test("it is said again every so many minutes until somebody answers")
    func reminders() {
        var night = Night { $0.repeatEvery = .seconds(300) }
        night.open(1, .alert, .critical)
        night.wait(700)
        #expect(night.forms == [.first, .reminder(number: 1), .reminder(number: 2)])
        #expect(night.said.map(\.at) == [0, 300, 600])
        night.answer(1)
        night.wait(3600)
        #expect(night.said.count == 3)
    }

    @Test("nobody answers: another channel is told, once; an answer in time prevents it")
    func escalation() {
        for answersInTime in [false, true] {
            var night = Night {
                $0.escalateTo = "boss"
                $0.escalateAfter = .seconds(600)
            }
            night.open(1, .alert, .critical)
            night.wait(599)
            if answersInTime { night.answer(1) }
            night.wait(3600)
            let escalations = night.said.filter { $0.message.channel == "boss" }
            #expect(escalations.map(\.at) == (answersInTime ? [] : [600]))
            #expect(escalations.map(\.message.form) == (answersInTime ? [] : [.escalation(from: "phone", minutes: 10)]))
        }
    }

    @Test("quiet hours keep all back but what breaks them; their end brings one message")
    func quietHours() {
        // Noon is 08:00 UTC here.
        var night = Night {
            $0.quietHours = DailyHours(start: 7 * 60, end: 8 * 60 + 30)
            $0.breaksQuiet = .critical
        }
        #expect(night.rule.isQuiet(at: noon))
        night.open(1, .failed)
        night.open(2, .finished, .info)
        night.open(3, .alert, .critical)
        night.open(4, .cameraLost)
        night.wait(60)
        #expect(night.said.map(\.message.occasions) == [[3]])
        night.end(4)
        night.wait(1900)
        #expect(night.forms == [.first, .digest] && night.said.last?.message.occasions == [1, 2])
        #expect(night.said.last?.at == 1800)
    }

    @Test("at most so many in any hour; what is too much is told together when there is room again")
    func hourlyLimit() {
        var night = Night { $0.perHour = 3 }
        for id in 1...9 {
            night.open(OccasionID(Int64(id)), .failed)
            night.wait(301)
        }
        #expect(night.said.count == 3)
        #expect(night.said[2].message.nextAfter == start + .seconds(night.said[0].at + 3600))
        let full = night.ledger.fullUntil(limit: 3, at: night.clock.steady)
        #expect(full == night.said[2].message.nextAfter)
        #expect(night.ledger.fullUntil(limit: 4, at: night.clock.steady) == nil)
        #expect(night.ledger.fullUntil(limit: 3, at: start + .seconds(night.said[0].at + 3600)) == nil)
        #expect(night.ledger.fullUntil(limit: 1, at: night.clock.steady) == night.ledger.sent[2] + .seconds(3600))
        night.wait(3600)
        let moments = night.said.map(\.at)
        for (index, moment) in moments.enumerated() {
            #expect(moments[index...].prefix { $0 < moment + 3600 }.count <= 3)
        }
        #expect(night.said.flatMap(\.message.occasions).count == 9, "nothing is lost")
    }

    @Test("what somebody should act on has room of its own in an hour that is full, and no more than that")
    func urgentBeyondTheLimit() {
        var night = Night { $0.perHour = 3 }
        for id in 1...4 {
            night.open(OccasionID(Int64(id)), .failed)
            night.wait(120)
        }
        #expect(night.said.count == 3, "the fourth waits")
        for id in 5...9 {
            night.open(OccasionID(Int64(id)), .alert)
            night.wait(120)
        }
        #expect(night.said.dropFirst(3).map(\.message.occasions) == [[5], [6], [7]])
        night.wait(4000)
        #expect(Set(night.said.flatMap(\.message.occasions)) == Set((1...9).map { OccasionID($0) }))
    }

    @Test("printers and tags choose; what is about the farm comes in any case")
    func choice() {
        var rule = NotificationRule(channel: "c", clock: .utc)
        rule.printers = ["mk3"]
        rule.tags = ["hall-2"]
        func occasion(_ name: String, _ printer: PrinterID?) -> Occasion {
            Occasion(
                id: 1, topic: .disk, severity: .info, printerID: printer, printerName: name, text: "", openedAt: noon,
                openedSteady: start)
        }
        #expect(rule.concerns(occasion("mk3", 1), tags: []))
        #expect(rule.concerns(occasion("mk4", 1), tags: ["hall-2"]))
        #expect(!rule.concerns(occasion("mk4", 1), tags: ["hall-1"]))
        #expect(rule.concerns(occasion("", nil), tags: []))
    }

    @Test("whatever happens, the limit holds, and every occasion that lasts is told exactly once", arguments: 1...8)
    func anything(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var night = Night { $0.perHour = 4 }
        var open: [OccasionID] = []
        var next: Int64 = 1
        for _ in 0..<100 {
            switch random.below(4) {
            case 0, 1:
                let topics: [NotificationTopic] = [.alert, .cameraLost, .printerLost, .failed, .attention]
                night.open(OccasionID(next), topics[Int(random.below(5))])
                open.append(OccasionID(next))
                next += 1
            case 2:
                if let id = open.popLast(), Int(random.below(2)) == 0 { night.end(id) }
            default: night.wait(Int(random.below(400)), step: 10)
            }
        }
        night.wait(20_000, step: 50)
        let moments = night.said.map(\.at)
        for (index, moment) in moments.enumerated() {
            let within = moments[index...].prefix { $0 < moment + 3600 }.count
            // As many again may be told of what somebody should act on.
            #expect(within <= 8, "from second \(moment) on")
        }
        let firsts = night.said.filter { $0.message.form == .first }.flatMap(\.message.occasions)
        #expect(Set(firsts).count == firsts.count)
        let lasting = night.occasions.filter { $0.overSince == nil }.map(\.id)
        let told = Set(night.said.flatMap(\.message.occasions))
        #expect(lasting.allSatisfy(told.contains))
    }
}
