import FarmService
import Testing

@testable import farmtop

@Suite("The disk under the data folder", .timeLimit(.minutes(20)))
struct DiskSpaceTests {
    @Test("a disk is nearly full under 5 % and 2 GiB, and until there is half as much again")
    func disk() {
        let gib = 1_073_741_824.0
        #expect(!DiskSpace(free: 3 * gib, total: 100 * gib).isNearlyFull(wasFull: false))
        #expect(DiskSpace(free: 1.9 * gib, total: 100 * gib).isNearlyFull(wasFull: false))
        #expect(!DiskSpace(free: 1.9 * gib, total: 20 * gib).isNearlyFull(wasFull: false))
        #expect(DiskSpace(free: 2.5 * gib, total: 100 * gib).isNearlyFull(wasFull: true))
        #expect(DiskSpace(free: 0.1 * gib, total: 0.2 * gib).isNearlyFull(wasFull: false))
    }
}
