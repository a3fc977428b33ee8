import Farm
import Testing

@testable import FarmService

@Suite("What became of a command, as the history tells it", .timeLimit(.minutes(20)))
struct ToldCommandTests {
    /// These sentences are stored, and read again after a restart and after an upgrade: another wording has to read the old one
    /// as well.
    private static let sentences: [(CommandOutcome, String)] = [
        (.sent, "mk4: cancel was sent."), (.accepted, "mk4: cancel was accepted."),
        (.refused, "mk4: cancel was refused: not now."),
        (.unknown, "mk4: cancel was sent, and no answer came: no answer within 10 s."),
        (.notOffered, "mk4: cancel is not offered."), (.confirmed, "mk4: cancel was confirmed by the printer."),
        (.notConfirmed, "mk4: cancel was not confirmed by the printer."),
    ]

    @Test("each outcome has its sentence, and is read from it", arguments: sentences)
    func sentence(outcome: CommandOutcome, text: String) throws {
        let words: String? =
            switch outcome {
            case .refused: "not now"
            case .unknown: "no answer within 10 s"
            default: nil
            }
        let told = ToldCommand(.cancel, outcome, words: words)
        #expect(told.title == "Command cancel")
        #expect(told.text(of: "mk4") == text)
        let event = FarmEvent(
            id: 1, kind: .command, severity: .info, title: "Command cancel", text: text,
            createdAt: Timestamp(microseconds: 0), accountID: 1, printerID: 1, printID: nil)
        #expect(ToldCommand.reading(event, as: .cancel) == told)
        #expect(ToldCommand.reading(event, as: .emergencyStop) == nil)
    }

    @Test("the machine's words may end with a full stop, the sentence ends once")
    func oneFullStop() {
        let told = ToldCommand(.cancel, .refused, words: "The printer's state does not allow that.")
        #expect(told.text(of: "mk4") == "mk4: cancel was refused: The printer's state does not allow that.")
    }
}
