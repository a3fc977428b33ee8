import Foundation
import Logging
import Synchronization
import Testing

@testable import farmtop

@Suite("The log file", .timeLimit(.minutes(20)))
struct LogFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-log-\(UUID().uuidString)")
    private var path: String { folder.path + "/logs/farmtop.log" }
    private let complaints = Complaints()

    private final class Complaints: Sendable {
        let list = Mutex<[String]>([])
        let elapsed = Mutex(Duration.zero)
        var all: [String] { list.withLock { $0 } }
    }

    private func open(bytes: Int = 1 << 20, kept: Int = 2) -> LogFile {
        LogFile(
            path, limits: LogFile.Limits(bytes: bytes, keptFiles: kept),
            elapsed: { [complaints] in complaints.elapsed.withLock { $0 } },
            complain: { [complaints] text in complaints.list.withLock { $0.append(text) } })
    }
    private func text(_ suffix: String = "") throws -> String {
        try String(contentsOfFile: path + suffix, encoding: .utf8)
    }
    private func line(_ text: String) -> [UInt8] { Array((text + "\n").utf8) }
    private func remove() { try? FileManager.default.removeItem(at: folder) }

    @Test("it is made with its folder, private, and grows at its end")
    func made() throws {
        defer { remove() }
        open().write(line("one"))
        open().logger(.info).notice("two")
        #expect(try text().hasPrefix("one\n") && text().hasSuffix(" notice two\n"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("when it has grown it is put aside, so many times; no line is cut or lost on the way")
    func rotation() throws {
        defer { remove() }
        let log = open(bytes: 12)
        for number in 1...5 { log.write(line("line \(number)")) }
        #expect(try text() == "line 5\n")
        #expect(try text(".1") == "line 4\n")
        #expect(try text(".2") == "line 3\n")
        #expect(!FileManager.default.fileExists(atPath: path + ".3"))
        log.write(line("a line that is longer than the limit"))
        #expect(try text() == "a line that is longer than the limit\n")
    }

    @Test("when it cannot be rotated that is said, no line is lost, and it is tried again after as much more")
    func cannotBePutAside() throws {
        defer { remove() }
        let log = open(bytes: 30, kept: 1)
        // A folder that is not empty cannot be replaced by a file, whoever asks.
        try FileManager.default.createDirectory(atPath: path + ".1/x", withIntermediateDirectories: true)
        let lines = (10...21).map { "line \($0)" }
        for text in lines { log.write(line(text)) }
        #expect(try text() == lines.map { $0 + "\n" }.joined())
        #expect(complaints.all.count == 3)
        #expect(complaints.all.allSatisfy { $0.contains("cannot be rotated") })
    }

    @Test("a name that is free takes the next file, and older ones stay")
    func freeName() throws {
        defer { remove() }
        let log = open(bytes: 12, kept: 3)
        for number in 1...3 { log.write(line("line \(number)")) }
        try FileManager.default.removeItem(atPath: path + ".1")
        log.write(line("line 4"))
        #expect(try text(".1") == "line 3\n")
        #expect(try text(".2") == "line 1\n")
        #expect(!FileManager.default.fileExists(atPath: path + ".3"))
    }

    @Test("with no files to keep it begins anew")
    func keepsNone() throws {
        defer { remove() }
        let log = open(bytes: 12, kept: 0)
        for number in 1...3 { log.write(line("line \(number)")) }
        #expect(try text() == "line 3\n")
        #expect(!FileManager.default.fileExists(atPath: path + ".1"))
    }

    @Test("moved away, it is opened by its name again: at once when told to, else within seconds")
    func moved() throws {
        defer { remove() }
        let log = open()
        log.write(line("one"))
        try FileManager.default.moveItem(atPath: path, toPath: path + ".old")
        log.write(line("two"))
        log.reopen()
        log.write(line("three"))
        #expect(try text(".old") == "one\ntwo\n")
        #expect(try text() == "three\n")
        try FileManager.default.removeItem(atPath: path)
        complaints.elapsed.withLock { $0 += LogFile.lookInterval }
        log.write(line("four"))
        #expect(try text() == "four\n")
        #expect(complaints.all.isEmpty)
    }

    @Test("a folder that is gone is made again")
    func folderGone() throws {
        defer { remove() }
        let log = open()
        try FileManager.default.removeItem(at: folder)
        complaints.elapsed.withLock { $0 += LogFile.lookInterval }
        log.write(line("one"))
        #expect(try text() == "one\n")
    }

    @Test("a folder that cannot be made is told once on standard error, the program goes on, and the file comes back")
    func folderRefused() throws {
        defer { remove() }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appending(path: "logs"))
        let log = open()
        #expect(complaints.all.count == 1)
        #expect(complaints.all.first?.hasPrefix("The log \(path) cannot be written: ") == true)
        #expect(log.failure == complaints.all.first)
        log.reopen()
        #expect(complaints.all.count == 1)
        try FileManager.default.removeItem(at: folder.appending(path: "logs"))
        complaints.elapsed.withLock { $0 += LogFile.lookInterval }
        log.write(line("one"))
        #expect(try text() == "one\n")
        #expect(log.failure == nil)
    }
}
