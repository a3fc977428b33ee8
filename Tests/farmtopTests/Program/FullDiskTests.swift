import Foundation
import TestSupport
import Testing

@Suite("A disk that is full", .timeLimit(.minutes(20)))
struct FullDiskTests {
    private static let path = "PATH=/usr/bin:/bin:/usr/sbin:/sbin"

    /// A small file system of one's own needs a namespace, which some machines do not give.
    private static let canMount: Bool = {
        let mount = ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        let outcome = try? ChildProcess.run("/usr/bin/unshare", mount, environment: [path])
        return outcome?.status == 0
    }()

    @Test("restore names the disk that it writes to, not that of the backup", .enabled(if: canMount))
    func restore() throws {
        let home = try TestHome()
        let added = try home.run("printer", "add", "mk3")
        #expect(added.status == 0, "\(added.errors)")
        let backup = home.path + "/backup.db"
        let made = try home.run("backup", backup)
        #expect(made.status == 0, "\(made.errors)")
        let small = home.path + "/small"
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=96k tmpfs \(small) && \(Program.path) restore \(backup) --data-dir \(small)/data
            echo ended with $?; ls \(small)/data
            """
        let (_, output) = try ChildProcess.run(
            "/usr/bin/unshare", ["-rm", "/bin/sh", "-c", script], environment: [Self.path, "HOME=\(home.path)"],
            withErrors: true)
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains("The disk that holds \(small)/data is full."), "\(text)")
        #expect(text.contains("ended with 1\n") && !text.contains("part"), "\(text)")
    }

    @Test("a restore into a farm whose pictures cannot be moved leaves that farm as it was", .enabled(if: canMount))
    func picturesOfTheirOwnDisk() throws {
        let home = try TestHome()
        #expect(try home.run("printer", "add", "new").status == 0)
        let backup = home.path + "/backup.db"
        #expect(try home.run("backup", backup).status == 0)
        #expect(try home.run("printer", "add", "old").status == 0)
        let frames = home.data + "/frames"
        try FileManager.default.createDirectory(atPath: frames, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs tmpfs \(frames) && mkdir \(frames)/7 && \(Program.path) restore \(backup) --data-dir \(home.data)
            echo ended with $?; ls \(home.data) \(frames); \(Program.path) printer list --data-dir \(home.data)
            """
        let (_, output) = try ChildProcess.run(
            "/usr/bin/unshare", ["-rm", "/bin/sh", "-c", script], environment: [Self.path, "HOME=\(home.path)"],
            withErrors: true)
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains("ended with 1\n") && text.contains("7\n"), "\(text)")
        #expect(text.contains(" old ") && text.contains(" new "), "\(text)")
        #expect(!text.contains("part\n") && !text.contains("replaced-"), "\(text)")
    }
}
