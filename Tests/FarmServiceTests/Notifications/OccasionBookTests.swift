import Farm
import Testing

@testable import FarmService

@Suite("What there is to tell, by print", .timeLimit(.minutes(20)))
struct OccasionBookTests {
    private func occasion(_ id: OccasionID, print: PrintID?, at second: Int) -> Occasion {
        Occasion(
            id: id, topic: .alert, severity: .critical, printID: print, text: "t", openedAt: Timestamp(microseconds: 0),
            openedSteady: SteadyTime(microseconds: Int64(second)))
    }

    @Test("each print has its own, oldest first, through every change")
    func byPrint() {
        var book = OccasionBook([
            occasion(1, print: 9, at: 5), occasion(2, print: 9, at: 3), occasion(3, print: nil, at: 4),
        ])
        #expect(book.of(9).map(\.id) == [2, 1] && book.sorted.map(\.id) == [2, 3, 1])
        book[1]?.answer = OccasionAnswer(actor: .person, verb: "muted", at: Timestamp(microseconds: 1))
        #expect(book.of(9).last?.answer != nil)
        book[2] = occasion(2, print: 8, at: 3)
        #expect(book.of(9).map(\.id) == [1] && book.of(8).map(\.id) == [2])
        let before = book
        book[1] = nil
        #expect(book.of(9).isEmpty && book[1] == nil && before.of(9).count == 1)
        book[2] = nil
        book[3] = nil
        #expect(book.isEmpty && book == OccasionBook())
    }

    @Test("it is read oldest first, whatever was opened, changed or forgotten in between")
    func order() {
        var book = OccasionBook()
        var plain: [OccasionID: Occasion] = [:]
        var numbers = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let id = OccasionID(Int64.random(in: 1...40, using: &numbers))
            let isForgotten = Int.random(in: 0..<4, using: &numbers) == 0
            let changed = occasion(
                id, print: PrintID(Int64.random(in: 1...5, using: &numbers)),
                at: Int.random(in: 1...20, using: &numbers))
            book[id] = isForgotten ? nil : changed
            plain[id] = isForgotten ? nil : changed
            let expected = plain.values.sorted {
                ($0.openedSteady, $0.id.rawValue) < ($1.openedSteady, $1.id.rawValue)
            }
            #expect(book.sorted == expected && book.of(1) == expected.filter { $0.printID == 1 })
        }
    }
}
