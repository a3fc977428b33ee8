import Testing

@testable import farmtop

@Suite("Tables of comma-separated values", .timeLimit(.minutes(20)))
struct CSVTableTests {
    private func table(_ text: String) throws -> CSVTable { try CSVTable(Array(text.utf8)) }
    private func fault(_ text: String) -> CSVFault? {
        do throws(CSVFault) {
            _ = try CSVTable(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test("quoted cells hold separators, quotes and line breaks; a row knows the line where it begins")
    func quotes() throws {
        let table = try table("name,url\n\"a, \"\"b\"\"\",x\n\"two\nlines\",y\nlast,z")
        #expect(table.header.cells == ["name", "url"])
        #expect(table.rows.map(\.cells) == [["a, \"b\"", "x"], ["two\nlines", "y"], ["last", "z"]])
        #expect(table.rows.map(\.line) == [2, 3, 5])
    }

    @Test(
        "what spreadsheets save is read: a byte order mark, CRLF, CR, semicolons, tabs, blanks around cells",
        arguments: [
            "\u{FEFF}a,b\r\n1,2\r\n", "a;b\n1;2", "a\tb\r1\t2\r", " a , b \n 1 , \"2\" \n", "\n\na,b\n,\n1,2\n\n",
        ])
    func spreadsheets(text: String) throws {
        let table = try table(text)
        #expect(table.header.cells == ["a", "b"])
        #expect(table.rows.map(\.cells) == [["1", "2"]])
    }

    @Test("only the header decides what separates: other separators belong to the cells")
    func separator() throws {
        #expect(try table("a;b\n1,5;2\t3").rows[0].cells == ["1,5", "2\t3"])
        #expect(try table("a\n1;2,3").rows[0].cells == ["1;2", "3"])
    }

    @Test("what is no table is refused with its line, and no cell is in the words")
    func faults() {
        #expect(fault("") == .empty)
        #expect(fault("\n\n") == .empty)
        #expect(fault("a\nb\n\"c") == .openQuote(line: 3))
        #expect(fault("a\n\"b\"c") == .textAfterQuote(line: 2))
        #expect(fault("a\nb\0") == .nullCharacter(line: 2))
        #expect(fault("a\n" + String(repeating: "x", count: CSVTable.cellLimit + 1)) == .cellTooLong(line: 2))
        #expect(fault(String(repeating: ",", count: CSVTable.columnLimit)) == .tooManyColumns(line: 1))
        #expect(
            fault(String(repeating: "a\n", count: CSVTable.rowLimit + 2)) == .tooManyRows(line: CSVTable.rowLimit + 2))
        #expect(throws: CSVFault.notUTF8(line: 2)) { try CSVTable([97, 10, 0xFF, 10]) }
        #expect(throws: CSVFault.tooLong) { try CSVTable([UInt8](repeating: 97, count: CSVTable.sizeLimit + 1)) }
        #expect(fault("a\n\"hush").map { "\($0)" }?.contains("hush") == false)
    }
}
