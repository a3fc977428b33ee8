import Farm
import Foundation
import Testing

@testable import Storage

@Suite("Looking at a farm", .timeLimit(.minutes(20)))
struct InspectionTests {
    private let folder = TemporaryFolder()
    private func inspection() throws -> DatabaseInspection {
        try #require(try DatabaseInspection(DataFolder(existing: folder.path)))
    }

    @Test("a farm in use is looked at without being disturbed")
    func inUse() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.event(Sample.event())])
        let inspection = try inspection()
        try inspection.check()
        #expect(try inspection.schema() == DatabaseInspection.supportedSchema)
        #expect(inspection.logBytes > 0)
        #expect(try inspection.newestMoment() == noon + .seconds(7))
        try store.write([.print(Sample.openPrint(10, startedAt: noon + .seconds(60)))])
        #expect(try inspection.newestMoment() == noon + .seconds(60))
    }

    @Test("a farm in use finds a damaged page in the file, though it may have the good one in memory")
    func damagedInUse() throws {
        // Closed once, so that the pages are in the file and not in the log.
        do { try folder.open().write(Sample.farm + [.event(Sample.event())]) }
        let store = try folder.open()
        _ = try store.loadAll(since: noon)
        try store.check()
        let file = try FileHandle(forUpdating: URL(filePath: folder.file("farmtop.db")))
        try file.seek(toOffset: try file.seekToEnd() / 2)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 8192))
        try file.close()
        let error = #expect(throws: StorageError.self) { try store.check() }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("the names of printers in use and their tags are found; of archived and removed ones none")
    func names() throws {
        let store = try folder.open()
        var printer = Sample.printer()
        printer.settings.name = "Ender 3"
        printer.archivedAt = nil
        printer.deletedAt = nil
        try store.write([.account(Sample.account), .printer(printer), .printerTags(printer.id, ["hall-2"])])
        #expect(try inspection().printerNames().printers.contains("Ender 3"))
        #expect(try inspection().printerNames().tags == ["hall-2"])
        printer.archivedAt = noon
        try store.write([.printer(printer)])
        #expect(try !inspection().printerNames().printers.contains("Ender 3"))
        #expect(try inspection().printerNames().tags.isEmpty)
    }

    @Test("a folder without a database has nothing to look at, and still has none afterwards")
    func empty() throws {
        _ = try DataFolder(preparing: folder.path)
        #expect(try DatabaseInspection(DataFolder(existing: folder.path)) == nil)
        #expect(!folder.exists("farmtop.db"))
        #expect(throws: StorageError.self) { try DataFolder(existing: folder.path + "/none") }
    }

    @Test("pictures without a file and files without a row are counted; young files are left out")
    func pictures() throws {
        let store = try folder.open()
        let keys = (1...3).map { FrameKey(printID: 9, number: $0) }
        try store.write(Sample.farm + keys.map { .framePicture($0, jpeg: [1, 2]) })
        try FileManager.default.removeItem(atPath: folder.file("frames/9/2.jpg"))
        try Data([1]).write(to: URL(filePath: folder.file("frames/9/3.jpg")))
        try Data([1]).write(to: URL(filePath: folder.file("frames/9/8.jpg")))
        let now = Timestamp(secondsSince1970: Date().timeIntervalSince1970)
        var expected = DatabaseInspection.Pictures()
        expected.kept = 3
        expected.bytes = 6
        expected.missing = 2
        #expect(try inspection().pictures(now: now) == expected)
        expected.orphans = 1
        #expect(try inspection().pictures(now: now + .seconds(120)) == expected)
    }

    @Test("who has the folder is found without taking it")
    func holding() throws {
        let data = try DataFolder(preparing: folder.path)
        #expect(try data.holding() == .free)
        #expect(!folder.exists("farmtop.lock"))
        var lock: FolderLock? = try data.lock()
        #expect(try data.holding() == .held(pid: ProcessInfo.processInfo.processIdentifier))
        #expect(lock != nil)
        lock = nil
        #expect(try data.holding() == .free)
    }
}
