import Farm
import Testing

@Suite("Prints follow the machine", .timeLimit(.minutes(20)))
struct PrintFollowingTests {
    private func print(_ filename: String = "a.gcode", startedAt: Double = 0, paused: Bool = false) -> Print {
        var print = Print(id: 1, printerID: 1, accountID: 1, filename: filename, startedAt: at(startedAt))
        if paused { print.pausedAt = at(startedAt + 1) }
        return print
    }

    /// A following that has seen these readings with the print open.
    private func following(_ readings: PrinterReading..., open: Print?) -> PrintFollowing {
        var following = PrintFollowing()
        for reading in readings { _ = following.saw(reading, open: open) }
        return following
    }

    @Test(
        "a job that runs opens a print; anything else does not",
        arguments: [
            (MachineState.printing, 1), (.pausing, 1), (.resuming, 1), (.finishing, 0), (.idle, 0), (.complete, 0),
            (.cancelled, 0), (.error, 0), (.offline, 0), (.attention, 0),
        ])
    func opens(state: MachineState, count: Int) {
        var following = PrintFollowing()
        let effects = following.saw(reading(state, 0), open: nil).filter { if case .open = $0 { true } else { false } }
        #expect(effects.count == count)
        if count == 1 { #expect(effects == [.open(filename: "a.gcode", startedAt: at(0))]) }
    }

    @Test("a machine that is found paused opens a print that is paused")
    func foundPaused() {
        var following = PrintFollowing()
        #expect(
            following.saw(reading(.paused, 0), open: nil) == [.open(filename: "a.gcode", startedAt: at(0)), .pause])
    }

    @Test("a machine that is found in the middle began before")
    func foundInTheMiddle() {
        var following = PrintFollowing()
        #expect(
            following.saw(reading(.printing, 100, elapsed: 80), open: nil)
                == [.open(filename: "a.gcode", startedAt: at(20))])
    }

    @Test("pause and resume follow the state, not the way to it")
    func pauses() {
        var following = following(reading(.printing, 1), open: print())
        #expect(following.saw(reading(.pausing, 2), open: print()) == [])
        #expect(following.saw(reading(.paused, 3), open: print()) == [.pause])
        #expect(following.saw(reading(.paused, 4), open: print(paused: true)) == [])
        #expect(following.saw(reading(.resuming, 5), open: print(paused: true)) == [])
        #expect(following.saw(reading(.printing, 6), open: print(paused: true)) == [.resume])
    }

    @Test(
        "the end that the machine tells",
        arguments: [
            (MachineState.complete, PrintResult.success), (.cancelled, .cancelled), (.idle, .unknown),
            (.error, .failed),
        ])
    func ends(state: MachineState, result: PrintResult) {
        var following = following(reading(.printing, 1), open: print())
        let error = state == .error ? "Move out of range" : nil
        #expect(following.saw(reading(state, 3, error: error), open: print()) == [.end(result, reason: error)])
        // Told once.
        #expect(following.saw(reading(state, 4, error: error), open: nil) == [])
    }

    @Test("a machine that goes idle out of finishing has finished, out of cancelling it was cancelled")
    func finishing() {
        var finished = following(reading(.finishing, 1), open: print())
        #expect(finished.saw(reading(.idle, 3), open: print()) == [.end(.success, reason: nil)])
        var cancelled = following(reading(.finishing, 1, detail: "cancelling"), open: print())
        #expect(cancelled.saw(reading(.idle, 3), open: print()) == [.end(.cancelled, reason: nil)])
    }

    @Test("a job with another file, number or beginning is another print")
    func anotherJob() {
        let begun = { (seconds: Double) in FollowingEffect.open(filename: "a.gcode", startedAt: at(seconds)) }
        var file = following(reading(.printing, 1), open: print())
        #expect(
            file.saw(reading(.printing, 2, file: "b.gcode"), open: print())
                == [.end(.unknown, reason: nil), .open(filename: "b.gcode", startedAt: at(2))])
        var number = following(reading(.printing, 1, jobID: "7"), open: print())
        #expect(
            number.saw(reading(.printing, 2, jobID: "8"), open: print()) == [.end(.unknown, reason: nil), begun(2)])
        var again = following(reading(.printing, 500, elapsed: 500, progress: 0.9), open: print())
        #expect(
            again.saw(reading(.printing, 600, elapsed: 20, progress: 0.1), open: print())
                == [.end(.unknown, reason: nil), begun(580)])
        var wobble = following(reading(.printing, 500, elapsed: 500, progress: 0.9), open: print())
        #expect(wobble.saw(reading(.printing, 501, elapsed: 498, progress: 0.9), open: print()) == [])
    }

    @Test("a farmtop that restarts in the middle goes on with the same print")
    func restart() {
        var following = PrintFollowing()
        #expect(following.saw(reading(.printing, 3600, elapsed: 3500, progress: 0.5), open: print()) == [])
        #expect(following.saw(reading(.paused, 3700), open: print()) == [.pause])
    }

    @Test(
        "one that ended while farmtop was away is unknown",
        arguments: [MachineState.idle, .complete, .cancelled, .error])
    func endedUnseen(state: MachineState) {
        var following = PrintFollowing()
        #expect(following.saw(reading(state, 3600), open: print()) == [.end(.unknown, reason: nil)])
    }

    @Test("unless the machine's own history knows that very job")
    func history() {
        let end = ReadEnd(path: "a.gcode", startedAt: at(30), endedAt: at(1800), result: .cancelled)
        var following = PrintFollowing()
        #expect(
            following.saw(reading(.idle, 3600, lastEnd: end), open: print()) == [.end(.cancelled, reason: nil)])
        var other = PrintFollowing()
        let earlier = ReadEnd(path: "a.gcode", startedAt: at(-3000), endedAt: at(-1000), result: .success)
        #expect(other.saw(reading(.idle, 3600, lastEnd: earlier), open: print()) == [.end(.unknown, reason: nil)])
        var file = PrintFollowing()
        let foreign = ReadEnd(path: "b.gcode", startedAt: at(30), endedAt: at(1800), result: .success)
        #expect(file.saw(reading(.idle, 3600, lastEnd: foreign), open: print()) == [.end(.unknown, reason: nil)])
    }

    @Test("the same file again while farmtop was away: the first is over, by the history, and a second runs")
    func sameFileAgain() {
        let end = ReadEnd(path: "a.gcode", startedAt: at(0), endedAt: at(1800), result: .success)
        var following = PrintFollowing()
        #expect(
            following.saw(reading(.printing, 3600, elapsed: 600, lastEnd: end), open: print())
                == [.end(.success, reason: nil), .open(filename: "a.gcode", startedAt: at(3000))])
    }

    @Test("an old end is not news, after a start or a reconnect")
    func oldEnd() {
        var following = PrintFollowing()
        for second in 0..<3 { #expect(following.saw(reading(.complete, Double(second)), open: nil) == []) }
        #expect(following.lost("gone", at: steady(4), open: nil) == [])
        #expect(following.saw(reading(.complete, 900), open: nil) == [])
    }

    @Test("a connection that was lost for long: the end counts as seen only if the job had run longer than that")
    func longGap() {
        var short = following(reading(.printing, 10, elapsed: 10), open: print())
        #expect(short.saw(reading(.complete, 1000, elapsed: 600), open: print()) == [.end(.unknown, reason: nil)])
        var long = following(reading(.printing, 5000, elapsed: 5000), open: print())
        #expect(long.saw(reading(.complete, 5600, elapsed: 5400), open: print()) == [.end(.success, reason: nil)])
    }

    @Test("idle and then off is silent; printing and then off is told after a minute, once, and so is its return")
    func offline() {
        var idle = following(reading(.idle, 0), open: nil)
        #expect(idle.lost("switched off", at: steady(1), open: nil) == [])
        #expect(idle.nextDeadline(open: nil) == nil)
        #expect(idle.tick(at: steady(3600), open: nil) == [])
        var printing = following(reading(.printing, 0), open: print())
        #expect(printing.lost("No answer.", at: steady(1), open: print()) == [])
        #expect(printing.nextDeadline(open: print()) == steady(61))
        #expect(printing.tick(at: steady(60.9), open: print()) == [])
        #expect(printing.tick(at: steady(61), open: print()) == [.offline(seconds: 60, reason: "No answer.")])
        #expect(printing.tick(at: steady(600), open: print()) == [])
        #expect(printing.saw(reading(.printing, 700, elapsed: 690), open: print()) == [.online])
    }

    @Test("back within a minute, nothing was told; a server whose printer is gone is offline too")
    func shortGap() {
        var following = following(reading(.printing, 0), open: print())
        #expect(following.saw(reading(.offline, 1, detail: "Klipper not connected"), open: print()) == [])
        #expect(following.saw(reading(.printing, 30), open: print()) == [])
        #expect(following.saw(reading(.offline, 40, detail: "Klipper not connected"), open: print()) == [])
        #expect(
            following.saw(reading(.offline, 100, detail: "Klipper not connected"), open: print())
                == [.offline(seconds: 60, reason: "Klipper not connected")])
    }

    @Test("back and over: first that it is back, then how the print ended")
    func backAndOver() {
        var following = following(reading(.printing, 0), open: print())
        _ = following.lost("No answer.", at: steady(1), open: print())
        _ = following.tick(at: steady(61), open: print())
        #expect(following.saw(reading(.idle, 100), open: print()) == [.online, .end(.unknown, reason: nil)])
    }

    @Test("attention is told once until it is over; an error while a print is open is told by its end")
    func attention() {
        var following = following(reading(.printing, 0, jobID: "1"), open: print())
        let filament = reading(.attention, 1, detail: "filament", jobID: "1")
        #expect(following.saw(filament, open: print()) == [.attention("filament")])
        #expect(following.saw(filament, open: print()) == [])
        #expect(following.saw(reading(.printing, 2, jobID: "1"), open: print()) == [])
        #expect(following.saw(filament, open: print()) == [.attention("filament")])
        var idle = self.following(reading(.idle, 0), open: nil)
        #expect(idle.saw(reading(.error, 1, error: "MCU lost"), open: nil) == [.attention("MCU lost")])
        var fresh = PrintFollowing()
        #expect(fresh.saw(reading(.error, 1, error: "MCU lost"), open: nil) == [])
    }

    @Test("a word that farmtop does not know does not end a print in its middle")
    func unknownWord() {
        var following = following(reading(.printing, 0), open: print())
        #expect(following.saw(reading(.idle, 2, detail: "heating_chamber"), open: print()) == [])
        #expect(following.saw(reading(.printing, 4), open: print()) == [])
        #expect(
            following.saw(reading(.idle, 100, detail: "heating_chamber"), open: print()) == [
                .end(.unknown, reason: nil)
            ])
    }

    @Test("while such a word leaves the print open, people see the state before it, with the word")
    func unknownWordShown() {
        let word = reading(.idle, 2, detail: "dancing")
        let following = following(reading(.printing, 0), word, open: print())
        let shown = following.shown(word, at: steady(2), open: print())
        #expect(shown.state == .printing && shown.detail == "dancing" && shown.at == at(2))
        #expect(following.shown(word, at: steady(2), open: nil) == word)
        #expect(following.shown(word, at: steady(100), open: print()) == word)
    }

    @Test("a long reason is cut, and shows it")
    func longReason() {
        var following = following(reading(.printing, 1), open: print())
        let effects = following.saw(
            reading(.error, 3, error: String(repeating: "x", count: 20_000)), open: print())
        #expect(effects == [.end(.failed, reason: String(repeating: "x", count: 199) + "…")])
    }

    @Test("a file whose name comes later names the print, and does not begin another")
    func lateName() {
        var following = PrintFollowing()
        #expect(
            following.saw(reading(.printing, 0, file: nil, jobID: "7"), open: nil)
                == [.open(filename: "unknown file", startedAt: at(0))])
        let open = print("unknown file")
        #expect(following.saw(reading(.printing, 2, jobID: "7"), open: open) == [.name("a.gcode")])
        #expect(following.saw(reading(.printing, 4, jobID: "7"), open: print()) == [])
    }

    @Test("a print that was ended by hand is not opened again while the machine still cancels it")
    func disowned() {
        var following = following(reading(.printing, 0), open: print())
        following.disown()
        #expect(following.saw(reading(.printing, 1), open: nil) == [])
        #expect(following.saw(reading(.finishing, 2, detail: "cancelling"), open: nil) == [])
        #expect(following.saw(reading(.cancelled, 3), open: nil) == [])
        #expect(following.saw(reading(.printing, 9), open: nil) == [.open(filename: "a.gcode", startedAt: at(9))])
    }

    @Test("a print that was ended by hand, and whose cancel was not heard, is followed again")
    func ownedAgain() {
        var following = following(reading(.printing, 0, elapsed: 0), open: print())
        following.disown()
        #expect(following.saw(reading(.printing, 1, elapsed: 1), open: nil) == [])
        following.own()
        #expect(
            following.saw(reading(.printing, 40, elapsed: 40), open: nil)
                == [.open(filename: "a.gcode", startedAt: at(0))])
    }

    @Test(
        "a clock that is set tells of no silence too early or too late, and hides no end", arguments: [-7200.0, 7200])
    func clockSet(seconds: Double) {
        var following = following(reading(.printing, 0), open: print())
        _ = following.lost("No answer.", at: steady(10), open: print())
        #expect(following.tick(at: steady(69), open: print()) == [])
        #expect(following.tick(at: steady(70), open: print()).count == 1)
        var other = self.following(reading(.printing, 0), open: print())
        var end = reading(.complete, 10)
        end.at = at(10 + seconds)
        #expect(other.saw(end, at: steady(10), open: print()) == [.end(.success, reason: nil)])
    }
}
