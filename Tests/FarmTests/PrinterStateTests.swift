import Farm
import Testing

@Suite("The word of a printer, and its place in the list", .timeLimit(.minutes(20)))
struct PrinterStateTests {
    private let moment = Timestamp(secondsSince1970: 1_800_000_000)
    private func print(_ change: (inout Print) -> Void = { _ in }) -> Print {
        var print = Print(id: 1, printerID: 1, accountID: 1, filename: "a", startedAt: moment)
        change(&print)
        return print
    }

    @Test("of a printer without a machine the word is told by its print")
    func unlinked() {
        func word(_ print: Print?) -> MachineWord { MachineWord(machine: .unlinked, print: print) }
        #expect(word(nil) == .idle)
        #expect(word(print()) == .printing)
        #expect(word(print { $0.pauseRequestedAt = moment }) == .asked)
        #expect(
            word(
                print {
                    $0.pauseRequestedAt = moment
                    $0.pauseNotConfirmedAt = moment
                }) == .notPaused)
        #expect(word(print { $0.pausedAt = moment }) == .paused)
        for result in PrintResult.allCases {
            #expect(word(print { $0.close(Print.End(at: moment, result: result)) }) == MachineWord(result))
        }
    }

    @Test("a pause that is asked is a request: a linked machine shows it, unless it has something worse to say")
    func linked() {
        let asked = print { $0.pauseRequestedAt = moment }
        #expect(MachineWord(machine: .printing, print: asked) == .asked)
        #expect(MachineWord(machine: .offline, print: asked) == .offline)
        let notPaused = print {
            $0.pauseRequestedAt = moment
            $0.pauseNotConfirmedAt = moment
        }
        #expect(MachineWord(machine: .offline, print: notPaused) == .notPaused, "until it is answered")
        let seen = print {
            $0.pauseRequestedAt = moment
            $0.pauseNotConfirmedAt = moment
            $0.alertAcknowledgedAt = moment
        }
        #expect(MachineWord(machine: .printing, print: seen) == .notPaused, "seen is not paused")
        #expect(MachineWord(machine: .offline, print: seen) == .offline)
        #expect(MachineWord(machine: .attention, print: asked) == .attention)
        #expect(MachineWord(machine: .paused, print: print()) == .paused)
        let failed = print { $0.close(Print.End(at: moment, result: .failed)) }
        #expect(MachineWord(machine: .idle, print: failed) == .failed)
        #expect(MachineWord(machine: .offline, print: failed) == .offline)
    }

    @Test(
        "worst first: not paused, attention, error and failing with a standing alert; failing; asked; alerted; unseen; by number"
    )
    func order() {
        func rank(
            _ states: PrinterStates, _ number: Double? = 0.1, _ change: ((inout Print) -> Void)? = { _ in }
        ) -> AttentionRank {
            AttentionRank(states: states, print: change.map { print($0) }, failureProbability: number)
        }
        let ordered = [
            rank(PrinterStates(camera: .failing, alert: .standing), 0.95),
            rank(PrinterStates(camera: .ok), 0.9) {
                $0.pauseRequestedAt = moment
                $0.pauseNotConfirmedAt = moment
            },
            rank(PrinterStates(machine: .attention), nil, nil),
            rank(PrinterStates(camera: .failing, alert: .acknowledged), 0.9),
            rank(PrinterStates(camera: .ok)) {
                $0.pauseRequestedAt = moment
                $0.pauseNotConfirmedAt = moment
                $0.alertAcknowledgedAt = moment
            },
            rank(PrinterStates(camera: .watch, alert: .standing)),
            rank(PrinterStates(machine: .offline), 0.2),
            rank(PrinterStates(camera: .stale), 0.1),
            rank(PrinterStates(camera: .watch), 0.4),
            rank(PrinterStates(camera: .ok), 0.02),
            rank(PrinterStates(), nil, nil),
        ]
        #expect(ordered.shuffled().sorted() == ordered)
        #expect(
            ordered.map(\.level) == [
                .urgent, .urgent, .urgent, .failing, .pauseAsked, .alerted, .unseen, .unseen, .printing, .printing,
                .rest,
            ])
    }

    @Test("whole percents decide, so that rows stand still; what is not a number comes first")
    func steady() {
        func rank(_ number: Double) -> AttentionRank {
            AttentionRank(states: PrinterStates(camera: .ok), print: print(), failureProbability: number)
        }
        #expect(rank(0.012) == rank(0.0131))
        #expect(rank(.nan) < rank(0.9))
    }
}
