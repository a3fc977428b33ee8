import Farm
import Foundation
import Storage
import Testing

@Suite("Pictures of frames", .timeLimit(.minutes(20)))
struct FramePictureTests {
    private struct Refusal: Error {}
    private let folder = TemporaryFolder()
    private let key = FrameKey(printID: 9, number: 3)

    @Test("the file is in its place, private and whole, before the batch commits")
    func before() throws {
        let store = try folder.open()
        try store.transaction { batch in
            try batch.write(Sample.farm + [.framePicture(key, jpeg: [1, 2, 3])])
            #expect(FileManager.default.contents(atPath: folder.file("frames/9/3.jpg")) == Data([1, 2, 3]))
            #expect(try store.framePicture(key) == nil)
        }
        #expect(try store.framePicture(key) == [1, 2, 3])
        #expect(try permissions(folder.file("frames/9/3.jpg")) == 0o600)
        #expect(try permissions(folder.file("frames/9")) == 0o700)
    }

    @Test("the file of a command or batch that failed is gone")
    func rolledBack() throws {
        let store = try folder.open()
        try store.transaction { batch in
            try batch.write(Sample.farm + [.framePicture(key, jpeg: [1])])
            let other = FarmRow.framePicture(FrameKey(printID: 9, number: 4), jpeg: [2])
            #expect(throws: StorageError.self) { try batch.write([other, .print(Sample.openPrint(1, printer: 404))]) }
            #expect(!folder.exists("frames/9/4.jpg"))
        }
        #expect(throws: Refusal.self) {
            try store.transaction { batch in
                try batch.write([.framePicture(FrameKey(printID: 9, number: 5), jpeg: [2])])
                throw Refusal()
            }
        }
        #expect(!folder.exists("frames/9/5.jpg"))
        #expect(folder.exists("frames/9/3.jpg"))
    }

    @Test("a removed picture's file goes only when the removal is committed")
    func removed() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.framePicture(key, jpeg: [1])])
        #expect(throws: Refusal.self) {
            try store.transaction { batch in
                try batch.write([.removeFramePicture(key)])
                throw Refusal()
            }
        }
        #expect(try store.framePicture(key) == [1])
        try store.write([.removeFramePicture(key)])
        #expect(try store.framePicture(key) == nil)
        #expect(!folder.exists("frames/9"))
    }

    @Test("a print's pictures go with it")
    func removedPrint() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.framePicture(key, jpeg: [1])])
        try store.write(Sample.deletion)
        #expect(!folder.exists("frames/9"))
    }

    @Test("cleaning removes files without a row, and keeps those with one")
    func orphans() throws {
        var store: SQLiteStore? = try folder.open()
        try store?.write(Sample.farm + [.framePicture(key, jpeg: [1])])
        store = nil
        for name in ["frames/9/3.jpg.part", "frames/9/7.jpg", "frames/44/1.jpg"] {
            try FileManager.default.createDirectory(atPath: folder.file("frames/44"), withIntermediateDirectories: true)
            try Data([1]).write(to: URL(filePath: folder.file(name)))
        }
        let again = try folder.open()
        #expect(try again.removeOrphanPictures() == 3)
        #expect(try again.removeOrphanPictures() == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("frames/9")) == ["3.jpg"])
        #expect(!folder.exists("frames/44"))
        #expect(try again.framePicture(key) == [1])
    }

    @Test("a picture that cannot be written is told, and the numbers beside it are kept")
    func notWritten() throws {
        let warnings = Warnings()
        let store = try folder.open(warn: warnings.add)
        // A file where the print's folder would be.
        try Data().write(to: URL(filePath: folder.file("frames/9")))
        try store.write(Sample.farm + [.framePicture(key, jpeg: [1]), .prediction(Sample.prediction(3))])
        #expect(try store.prediction(key) == Sample.prediction(3))
        #expect(try store.framePicture(key) == nil)
        #expect(try store.loadAll().framePictures.isEmpty)
        guard case .pictureNotWritten(let path, _)? = warnings.all.first else {
            Issue.record("no warning")
            return
        }
        #expect(path == folder.file("frames/9/3.jpg"))
    }

    @Test("a picture that was cut short on disk counts as not kept")
    func cut() throws {
        let store = try folder.open()
        try store.write(Sample.farm + [.framePicture(key, jpeg: [1, 2, 3])])
        try Data([1, 2]).write(to: URL(filePath: folder.file("frames/9/3.jpg")))
        #expect(try store.framePicture(key) == nil)
    }

    private func permissions(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.intValue
    }
}
