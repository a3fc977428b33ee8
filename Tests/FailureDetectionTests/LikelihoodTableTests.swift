import FailureDetection
import TestSupport
import Testing

@Suite("The table of likelihoods", .timeLimit(.minutes(20)))
struct LikelihoodTableTests {
    private let text = String(decoding: Fixtures.tableText, as: UTF8.self)

    private func fault(_ text: String) -> LikelihoodTableError? {
        do throws(LikelihoodTableError) {
            _ = try LikelihoodTable(text: Array(text.utf8))
            return nil
        } catch { return error }
    }

    @Test("the one that ships is whole: shares sum to 1, no picture is impossible")
    func shipped() throws {
        let table = try LikelihoodTable(text: Fixtures.tableText)
        #expect(table.digest.utf8.count == 64)
        for shares in table.cameras + table.nests {
            #expect(abs(shares.shares.reduce(0, +) - 1) < 1e-6)
            #expect(shares.shares.allSatisfy { $0 > 0 })
        }
        for kind in [table.cameras, table.nests] { #expect(abs(kind.reduce(0) { $0 + $1.prior } - 1) < 1e-9) }
    }

    @Test("faults are named with their line")
    func faults() {
        #expect(fault("") == .notATable)
        #expect(fault("farmtop likelihoods 2\n") == .notATable)
        #expect(fault("farmtop likelihoods 1\n") == .missing("digest"))
        #expect(
            fault(text.replacing("hazard ", with: "hazards "))
                == .badLine(number: 5, reason: "\"hazards\" is not known"))
        #expect(fault(text.replacing("start 0.01", with: "start nan"))?.description.contains("line 4") == true)
        #expect(
            fault(text.replacing("tempering_of_growth 0.5", with: "tempering_of_growth 1.5"))
                == .badLine(number: 7, reason: "one number of 0.01 to 1.0 belongs there"))
        #expect(fault(text + "start 0.01\n")?.description.contains("twice") == true)
        #expect(fault(text + "nest x 0.1 0.5\n")?.description.contains("24 shares") == true)
        #expect(throws: LikelihoodTableError.notText) { try LikelihoodTable(text: [0xFF, 0xFE]) }
        #expect(throws: LikelihoodTableError.tooLong(bytes: 300_000)) {
            try LikelihoodTable(text: Array(repeating: 0, count: 300_000))
        }
    }

    @Test("lines may end as on Windows")
    func carriageReturns() {
        #expect(fault(text.replacing("\n", with: "\r\n")) == nil)
    }

    @Test("changed bytes are a table or an error, and a table gives numbers")
    func fuzz() throws {
        var random = SplitMix(seed: 22)
        let bytes = Fixtures.tableText
        for round in 0..<400 {
            var changed = bytes
            for _ in 0...(round % 4) {
                let index = Int.random(in: changed.indices, using: &random)
                switch round % 3 {
                case 0: changed[index] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.removeSubrange(index..<min(changed.count, index + 40))
                default: changed[index] = UInt8(ascii: "9")
                }
            }
            guard let table = try? LikelihoodTable(text: changed) else { continue }
            guard round % 20 == 0 else { continue }
            var print = Watched(FailureModel(likelihoods: table))
            print.see([0, 0.3, 5])
            #expect((0...1).contains(print.number))
        }
    }
}
