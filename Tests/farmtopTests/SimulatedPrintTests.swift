import Farm
import Testing

@testable import farmtop

@Suite("The demo's machines", .timeLimit(.minutes(20)))
struct SimulatedPrintTests {
    private func print(_ index: Int = 0) -> SimulatedPrint {
        SimulatedPrint(index: index, files: SimulatedFarm.files, unit: 1)
    }

    private func reading(_ print: SimulatedPrint) -> PrinterReading {
        print.reading(at: Timestamp(microseconds: 0), speed: 1)
    }

    @Test("it tells progress, times, layers and heat, and they move")
    func readings() {
        var print = print()
        let before = reading(print)
        print.advance(by: 30)
        let after = reading(print)
        #expect(before.state == .printing && after.state == .printing)
        #expect((after.progress ?? 0) > (before.progress ?? 1))
        #expect((after.remaining ?? 0) < (before.remaining ?? 0))
        #expect((after.layer?.now ?? 0) >= (before.layer?.now ?? 1))
        #expect(after.nozzles.first?.target == 215 && after.bed?.target == 60)
        #expect((after.nozzles.first?.actual ?? 0) > 200)
        #expect(after.file?.path == SimulatedFarm.files[0])
    }

    @Test("a pause, a resume and a cancel are carried out after a moment, and only where they make sense")
    func obeys() {
        var print = print()
        #expect(print.obey(.resume) == .refused("it is not paused"))
        #expect(print.obey(.pause) == .accepted)
        #expect(print.state == .pausing)
        print.advance(by: 1.3)
        #expect(print.state == .paused)
        let standing = print.progress
        print.advance(by: 60)
        #expect(print.progress == standing)
        #expect(print.obey(.resume) == .accepted)
        print.advance(by: 1.3)
        #expect(print.state == .printing)
        #expect(print.obey(.start(path: "x")) == .refused("it is printing"))
        #expect(print.obey(.cancel) == .accepted)
        #expect(reading(print).detail == "cancelling")
        print.advance(by: 1.3)
        #expect(print.state == .cancelled)
        #expect(print.obey(.pause) == .refused("it is not printing"))
        #expect(print.obey(.start(path: "benchy.gcode")) == .accepted)
        #expect(print.state == .printing && print.file == "benchy.gcode" && print.number == 2)
    }

    @Test("a job ends complete, the bed is cleared, and the next one begins")
    func goesOn() {
        var print = print()
        var states: [MachineState] = []
        for _ in 0..<500 {
            print.advance(by: 1)
            if states.last != print.state { states.append(print.state) }
        }
        #expect(states.starts(with: [.printing, .complete, .idle, .printing]))
        #expect(print.number > 1)
    }

    @Test("every fourth machine's first job fails soon; once it was paused and goes on, the strands are gone")
    func fails() {
        #expect(print(0).failsAt == nil)
        var print = print(1)
        #expect(print.strands == 0)
        print.advance(by: 20)
        #expect(print.strands > 0)
        _ = print.obey(.pause)
        print.advance(by: 2)
        #expect(print.state == .paused && print.strands > 0)
        _ = print.obey(.resume)
        print.advance(by: 2)
        #expect(print.state == .printing && print.strands == 0)
    }

    @Test("a failing print is cancelled by the simulation only after a pause that nobody answered")
    func patience() {
        for index in 0..<8 {
            var print = print(index)
            var states: [MachineState] = []
            for _ in 0..<2000 {
                print.advance(by: 0.5)
                if states.last != print.state { states.append(print.state) }
            }
            #expect(!states.contains(.cancelled) && !states.contains(.finishing), "\(index)")
        }
        var paused = print(1)
        _ = paused.obey(.pause)
        paused.advance(by: 2)
        paused.advance(by: 241)
        #expect(paused.state == .finishing)
    }

    @Test("the share that is done and the time that is left say the same")
    func agrees() throws {
        for speed in [1.0, 20] {
            var print = print()
            for _ in 0..<40 {
                print.advance(by: 2)
                guard print.state == .printing else { continue }
                let reading = print.reading(at: Timestamp(microseconds: 0), speed: speed)
                let (elapsed, left) = (try #require(reading.elapsed), try #require(reading.remaining))
                #expect(abs(elapsed / (elapsed + left) - (reading.progress ?? 0)) < 0.001)
            }
        }
    }

    @Test("an emergency stop is an error that says so, and the simulation goes on")
    func stopped() {
        var print = print()
        #expect(print.obey(.emergencyStop) == .accepted)
        #expect(reading(print).state == .error && reading(print).error?.contains("Emergency stop") == true)
        print.advance(by: 6)
        #expect(print.state == .printing)
    }

    @Test("each machine has an address, which leads to it alone; another address is a real machine's")
    func addresses() {
        let farm = SimulatedFarm(.init(printers: 30))
        let addresses = Set(farm.printers.map(\.link.address))
        #expect(addresses.count == 30 && Set(farm.printers.map(\.name)).count == 30)
        let link = farm.link(farm.printers[7].link, .none) as? SimulatedLink
        #expect(link?.machine.name == farm.printers[7].name)
        let other = LinkSettings(
            address: LinkAddress(kind: .moonraker, base: WebAddress(scheme: .http, host: "192.0.2.1")))
        #expect(!(farm.link(other, .none) is SimulatedLink))
    }
}
