import Farm
import GRDB
import Storage
import Testing

@Suite("A batch of commands", .timeLimit(.minutes(20)))
struct TransactionTests {
    private struct Refusal: Error, Equatable {}
    private let folder = TemporaryFolder()

    @Test("a command that fails leaves nothing, and the others of its batch stay")
    func savepoint() throws {
        let store = try folder.open()
        try store.transaction { batch in
            try batch.write(Sample.farm)
            let orphan = FarmRow.print(Sample.openPrint(20, printer: 404))
            #expect(throws: StorageError.self) { try batch.write([.print(Sample.openPrint(10)), orphan]) }
            try batch.write([.print(Sample.openPrint(11))])
            #expect(try batch.print(10) == nil)
            #expect(try batch.print(11) == Sample.openPrint(11))
        }
        #expect(try store.loadAll().prints.map(\.id) == [9, 11])
    }

    @Test("the rows of a command may come in any order")
    func anyOrder() throws {
        let store = try folder.open()
        try store.write([.prediction(Sample.prediction(1)), .event(Sample.event())] + Sample.farm.reversed())
        #expect(try store.loadAll().predictions.count == 1)
    }

    @Test("when the body throws, its error comes out and nothing of the batch is kept")
    func bodyThrows() throws {
        let store = try folder.open()
        #expect(throws: Refusal()) {
            try store.transaction { batch in
                try batch.write(Sample.farm)
                throw Refusal()
            }
        }
        #expect(try store.loadAll() == StoredFarm())
    }

    @Test("nobody reads a batch before it is committed")
    func isolation() throws {
        let store = try folder.open()
        try store.transaction { batch in
            try batch.write(Sample.farm)
            #expect(try store.print(9) == nil)
        }
        #expect(try store.print(9) != nil)
    }

    @Test("a batch without rows does not ask for the database: it passes while somebody else writes to it")
    func empty() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        let other = try DatabaseQueue(path: store.folder.database)
        try other.writeWithoutTransaction { database in
            try database.beginTransaction(.immediate)
            try store.transaction { batch in
                let found = try batch.print(9)
                #expect(found == Sample.print())
            }
            #expect(throws: Refusal()) { try store.transaction { _ in throw Refusal() } }
            #expect(throws: StorageError.self, "with rows it is refused after its patience") {
                try store.transaction { batch in try batch.write([.print(Sample.openPrint(10))]) }
            }
            try database.rollback()
        }
        try store.transaction { batch in try batch.write([.print(Sample.openPrint(10))]) }
        #expect(try store.print(10) != nil)
    }

    @Test("a second account of a name is refused, and what was there stays")
    func contradictions() throws {
        let store = try folder.open()
        try store.write(Sample.farm)
        #expect(throws: StorageError.self) {
            try store.write([.account(Account(id: 2, name: "operator", createdAt: noon))])
        }
        #expect(try store.print(9) == Sample.print())
    }

    @Test("a text with a null character is refused, not cut")
    func nullCharacter() throws {
        let store = try folder.open()
        #expect(throws: StorageError.contradiction(detail: "a text of accounts holds a null character")) {
            try store.write([.account(Account(id: 1, name: "a\0b", createdAt: noon))])
        }
    }
}
