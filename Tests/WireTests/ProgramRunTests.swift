import Glibc
import Testing
import Wire

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
}
