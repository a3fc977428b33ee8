import Testing

@testable import FarmClient

@Suite("Lines in pieces", .timeLimit(.minutes(20)))
struct LineSplitterTests {
    @Test("lines are whole however the bytes are cut, and have a limit")
    func lines() throws {
        for cut in 0...9 {
            var splitter = LineSplitter(limit: 100)
            let bytes = Array("ab\n\ncd\ne".utf8)
            var found = try splitter.add(Array(bytes.prefix(cut)))
            found += try splitter.add(Array(bytes.dropFirst(cut)))
            #expect(found == [Array("ab".utf8), Array("cd".utf8)])
        }
        var splitter = LineSplitter(limit: 3)
        #expect(throws: ControlError.tooLong(path: "", limit: 3)) { try splitter.add(Array("abcd".utf8)) }
    }
}
