import Farm
import Testing

@testable import Dashboard

@Suite("What was dismissed on a camera, on the dashboard", .timeLimit(.minutes(20)))
struct VerdictsPanelTests {
    private func verdict(_ id: VerdictID, _ days: Double, x: Double, pictures: Int64) throws -> RememberedVerdict {
        let look = try #require(BoxLook(values: Array(repeating: 1, count: 256)))
        var verdict = RememberedVerdict(
            id: id, printerID: 1, printID: 40,
            seen: SeenBox(
                region: .whole, width: 640, height: 480,
                detection: Detection(confidence: 0.62, box: BoundingBox(x: x, y: 240, width: 80, height: 61)),
                look: look),
            givenAt: FarmFixture.now - .seconds(days * 86_400))
        verdict.pictures = pictures
        return verdict
    }

    private func opened(_ size: GridSize, _ verdicts: [RememberedVerdict]) -> (DashboardState, PrinterID?) {
        var state = FarmFixture.dashboard(columns: size.columns, rows: size.rows)
        var asked: PrinterID?
        for case .perform(.listVerdicts(let printer), let id) in state.press(.character("V")) {
            asked = printer
            _ = state.handle(.reply(id, .success(.verdicts(verdicts))))
        }
        return (state, asked)
    }

    @Test("V lists it, the newest first", arguments: MachineScreenTests.sizes)
    func screen(size: GridSize) throws {
        let (state, asked) = opened(
            size, [try verdict(3, 12, x: 320, pictures: 1041), try verdict(5, 1, x: 120, pictures: 0)])
        #expect(asked != nil)
        try GoldenScreen.expect(state.draw(), "verdicts-\(size.columns)x\(size.rows)")
    }

    @Test("f forgets the selected one; Esc leaves")
    func forget() throws {
        var (state, asked) = opened(
            GridSize(rows: 24, columns: 80),
            [try verdict(3, 12, x: 320, pictures: 2), try verdict(5, 1, x: 120, pictures: 0)])
        let printer = try #require(asked)
        _ = state.press(.down)
        let first = state.forget(answer: .success(.done(succeeded: true)))
        #expect(first == .forgetVerdicts(printer, only: 3))
        #expect(state.draw().text.contains("picture counts fully again."))
        let second = state.forget(answer: .success(.done(succeeded: true)))
        #expect(second == .forgetVerdicts(printer, only: 5))
        let third = state.press(.character("f")).actions
        #expect(third.isEmpty)
        _ = state.press(.escape)
        #expect(!state.draw().text.contains("Dismissed on"))
    }

    @Test("what the farm does not forget stays in the list, and its reason is said")
    func refused() throws {
        var (state, _) = opened(GridSize(rows: 24, columns: 80), [try verdict(3, 12, x: 320, pictures: 2)])
        let reason = RequestFailure(message: "The disk is full.")
        let first = state.forget(answer: .failure(reason))
        #expect(first != nil)
        #expect(state.draw().text.contains("The disk is full."))
        #expect(state.draw().text.contains("less in 2 pictures"))
        let second = state.forget(answer: .success(.done(succeeded: false)))
        #expect(second != nil)
        #expect(state.draw().text.contains("That was forgotten already."))
        #expect(!state.draw().text.contains("less in 2 pictures"))
    }

    @Test("f asks first; another key in between takes the question back")
    func question() throws {
        var (state, _) = opened(
            GridSize(rows: 24, columns: 80),
            [try verdict(3, 12, x: 320, pictures: 2), try verdict(5, 1, x: 120, pictures: 0)])
        var asked = state.press(.character("f")).actions.count
        #expect(state.draw().text.contains("that cannot be taken back."))
        _ = state.press(.down)
        _ = state.press(.up)
        asked += state.press(.character("f")).actions.count
        #expect(asked == 0)
    }

    @Test("a list that is shorter by now has a line that is chosen")
    func shorter() throws {
        let (oldest, newest) = (try verdict(3, 12, x: 320, pictures: 2), try verdict(7, 1, x: 60, pictures: 0))
        var (state, asked) = opened(
            GridSize(rows: 24, columns: 80), [oldest, try verdict(5, 1, x: 120, pictures: 0), newest])
        let printer = try #require(asked)
        _ = state.press(.end)
        _ = state.press(.character("f"))
        for case .perform(_, let id) in state.press(.character("f")) {
            for case .perform(_, let again) in state.handle(.reply(id, .success(.done(succeeded: false)))) {
                _ = state.handle(.reply(again, .success(.verdicts([newest]))))
            }
        }
        _ = state.press(.character("f"))
        let next = state.press(.character("f")).actions
        #expect(next == [.forgetVerdicts(printer, only: 7)])
    }

    @Test("f before the farm has answered asks nothing")
    func twice() throws {
        var (state, _) = opened(
            GridSize(rows: 24, columns: 80),
            [try verdict(3, 12, x: 320, pictures: 2), try verdict(5, 1, x: 120, pictures: 0)])
        let asked = (0..<4).map { _ in state.press(.character("f")).actions.count }
        #expect(asked == [0, 1, 0, 0])
    }

    @Test("what is chosen while the farm forgets another stays chosen")
    func chosenMeanwhile() throws {
        var (state, asked) = opened(
            GridSize(rows: 24, columns: 80),
            [
                try verdict(3, 12, x: 320, pictures: 2), try verdict(5, 1, x: 120, pictures: 0),
                try verdict(7, 1, x: 60, pictures: 0),
            ])
        let printer = try #require(asked)
        _ = state.press(.character("f"))
        for case .perform(_, let id) in state.press(.character("f")) {
            _ = state.press(.down)
            _ = state.handle(.reply(id, .success(.done(succeeded: true))))
        }
        _ = state.press(.character("f"))
        let next = state.press(.character("f")).actions
        #expect(next == [.forgetVerdicts(printer, only: 5)])
    }

    @Test("left before the answer, what was forgotten is said all the same")
    func left() throws {
        var (state, _) = opened(GridSize(rows: 24, columns: 80), [try verdict(3, 12, x: 320, pictures: 2)])
        _ = state.press(.character("f"))
        for case .perform(_, let id) in state.press(.character("f")) {
            _ = state.press(.escape)
            _ = state.handle(.reply(id, .success(.done(succeeded: true))))
        }
        #expect(state.draw().text.contains("picture counts fully again."))
    }

    @Test("nothing dismissed is said so")
    func nothing() throws {
        let (state, _) = opened(GridSize(rows: 24, columns: 80), [])
        #expect(state.draw().text.contains("Nothing was dismissed on this camera."))
    }
}

extension DashboardState {
    /// Presses `f`, and once more as it asks, and answers for the farm.
    fileprivate mutating func forget(answer: Result<FarmReply, RequestFailure>) -> FarmAction? {
        _ = press(.character("f"))
        for case .perform(let action, let id) in press(.character("f")) {
            _ = handle(.reply(id, answer))
            return action
        }
        return nil
    }
}
