import Glibc
import Testing

@testable import Wire

@Suite("Programs that are run once", .timeLimit(.minutes(20)))
struct ProgramRunTests {
    @Test("a program has its three standard files and none of ours, whoever made them and however")
    func files() async throws {
        // As `pipe` makes them: each program that is started inherits them.
        var kept: [CInt] = [0, 0]
        #expect(pipe(&kept) == 0)
        let result = try await ProgramRun(["/bin/sh", "-c", "ls /proc/self/fd"], timeout: .seconds(1000)).result()
        // The fourth is the folder that ls reads.
        #expect(String(decoding: result.output, as: UTF8.self) == "0\n1\n2\n3\n")
        #expect(result.exitCode == 0)
        close(kept[0])
        close(kept[1])
    }

    @Test("the end of a program that was not there in time is taken later: none stays behind as a zombie")
    func late() async throws {
        var process: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000"), nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawn(&process, "/bin/sleep", nil, nil, &words, nil) == 0)
        #expect(await ProgramRun.reap(process, within: .zero) == nil)
        kill(process, SIGKILL)
        // A zombie can still be sent signals.
        while kill(process, 0) == 0 { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test("a program that has ended is told so, though the time for it is over")
    func ended() async throws {
        var process: pid_t = 0
        var words: [UnsafeMutablePointer<CChar>?] = [strdup("sh"), strdup("-c"), strdup("exit 3"), nil]
        defer { for word in words { free(word) } }
        try #require(posix_spawn(&process, "/bin/sh", nil, nil, &words, nil) == 0)
        var information = siginfo_t()
        #expect(waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) == 0)
        #expect(await ProgramRun.reap(process, within: .zero) == 3 << 8)
    }
}
