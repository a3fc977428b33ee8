import Farm
import Testing

@Suite("When a machine is looked at before a command is refused", .timeLimit(.minutes(20)))
struct FreshLookTests {
    private func isDue(_ command: LinkCommand, _ state: MachineState?, age: Double) -> Bool {
        FreshLook.isDue(
            before: command, state.map { reading($0, 0) }, [.pause, .resume, .cancel, .start], at: at(age))
    }

    @Test("where the state forbids it and is old, or of a clock that was set back")
    func due() {
        #expect(isDue(.pause, .idle, age: 2) && isDue(.pause, .paused, age: 30) && isDue(.pause, .idle, age: -1))
        #expect(isDue(.resume, .printing, age: 30) && isDue(.cancel, .complete, age: 30))
        #expect(isDue(.start(path: "a"), .printing, age: 30))
    }

    @Test("not where it is fresh, allows it, cannot be read, or the machine does not do that at all")
    func notDue() {
        #expect(!isDue(.pause, .idle, age: 1) && !isDue(.pause, .printing, age: 30) && !isDue(.pause, nil, age: 30))
        #expect(!isDue(.pause, .offline, age: 30) && !isDue(.emergencyStop, .idle, age: 30))
        #expect(!isDue(.light(true), .idle, age: 30))
    }
}
