import Dashboard
import Farm
import Testing

@Suite("Hostile text from machines", .timeLimit(.minutes(20)))
struct MachineHostileTests {
    private func check(_ grid: Grid) {
        for scalar in grid.text.unicodeScalars where scalar != "\n" {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator:
                Issue.record("U+\(String(scalar.value, radix: 16)) reached the screen")
            default: break
            }
        }
    }

    @Test("Whatever a machine says of itself, its files and its cameras stays text", arguments: Attack.all)
    func attack(_ attack: Attack) {
        let text = attack.text
        var reading = FarmFixture.reading(.attention, file: text, progress: 0.5, remaining: 60)
        reading.detail = text
        reading.error = text
        reading.filament = ReadFilament(type: text)
        var snapshot = FarmFixture.linked(1, text, print: FarmFixture.print(1, on: 1, text, minutes: 5), says: reading)
        snapshot.machine?.identity = MachineIdentity(server: text, firmware: text, name: text, model: text)
        var farm = FarmFixture.calmMachines
        farm.printers = [snapshot]
        for size in [(24, 80), (48, 160), (10, 40)] {
            var state = FarmFixture.dashboard(farm, columns: size.1, rows: size.0)
            check(state.draw())
            state.answerLoads(state.press(.enter))
            check(state.draw())
            for case .perform(_, let id) in state.press(.character("s")) {
                _ = state.handle(.reply(id, .success(.files([RemoteFile(path: text, name: text, filamentType: text)]))))
            }
            check(state.draw())
            _ = state.press(.enter)
            check(state.draw())
            _ = state.press(.escape)
            _ = state.press(.escape)
            _ = state.press(.character("!"))
            check(state.draw())
            _ = state.press(.escape)
            check(found(text, &state))
        }
    }

    /// The step of the wizard that shows what answered.
    private func found(_ text: String, _ state: inout DashboardState) -> Grid {
        var finding = MachineFinding(identity: MachineIdentity(server: text, name: text))
        finding.notConnected = text
        finding.files = [RemoteFile(path: text, name: text)]
        finding.cameras = [ProbedCamera(name: text, source: nil, reason: text)]
        for key: Key in [.character("c"), .character("m"), .down, .enter] { _ = state.press(key) }
        _ = state.type("voron.lan")
        _ = state.press(.enter)
        for case .perform(_, let id) in state.press(.enter) {
            _ = state.handle(.reply(id, .success(.probe(.found(finding)))))
        }
        return state.draw()
    }
}
