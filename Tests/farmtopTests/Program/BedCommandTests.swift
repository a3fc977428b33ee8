import Farm
import Foundation
import Glibc
import Imaging
import TestSupport
import Testing

@testable import farmtop

@Suite("Whether a bed is clear, by the program", .timeLimit(.minutes(20)))
struct BedCommandTests {
    private let home: TestHome
    private let picture: String

    init() throws {
        home = try TestHome()
        picture = home.path + "/picture.jpg"
    }

    /// A bed with tiles of many shades, and a box on it.
    private func show(box: Bool) throws {
        var bytes: [UInt8] = []
        for y in 0..<360 {
            for x in 0..<480 {
                let shade = (x / 24 * 37 + y / 18 * 91 + x / 24 * (y / 18) * 13) % 97
                let isBox = box && (200..<280).contains(x) && (180..<240).contains(y)
                let level = UInt8(isBox ? 235 - (x + y) % 40 : 80 + shade)
                bytes += [level, level, level]
            }
        }
        try Data(JPEG.encode(Pixels(width: 480, height: 360, bytes: bytes))).write(to: URL(filePath: picture))
    }

    @Test("kept, clear, occupied with its box drawn; --require-clear sends a file to a clear bed only")
    func story() throws {
        let file = home.path + "/cube.gcode"
        try Data(repeating: 59, count: 3000).write(to: URL(filePath: file))
        try home.writeConfiguration(
            """
            [[camera]]
            printer = "core"
            command = ["cat", "\(picture)"]
            """)
        try show(box: false)
        let machine = try PlainPrusaLink()
        let farm = try ServedFarm(home)
        try "k".write(toFile: home.path + "/key", atomically: true, encoding: .utf8)
        let connected = try home.run(
            "printer", "connect", "core", "--kind", "prusalink", "--url", machine.url, "--key-file", home.path + "/key")
        try #require(connected.status == 0, "\(connected.errors)")

        let unknown = try home.run("bed", "core")
        #expect(unknown.status == 1 && unknown.output.contains("no picture of the empty bed is kept"), "\(unknown)")
        let kept = try home.run("bed", "core", "--keep")
        #expect(kept.status == 0 && kept.output.contains("there are 1 of at most 4"), "\(kept)")
        let clear = try home.run("bed", "core", "--json")
        #expect(clear.status == 0 && clear.output.contains(#""state": "clear""#), "\(clear)")

        try show(box: true)
        let boxes = home.path + "/boxes.jpg"
        let occupied = try home.run("bed", "core", "--boxes", boxes)
        #expect(
            occupied.status == 1 && occupied.output.contains("core: The bed is not clear: one place"), "\(occupied)")
        #expect(try JPEG.decode(Array(Data(contentsOf: URL(filePath: boxes)))).pixels.width == 480)
        let cleared = try home.run("bed", "core", "--cleared")
        #expect(cleared.status == 1 && cleared.output.contains("Nothing was kept."), "\(cleared)")
        let refused = try home.run("print", "upload", file, "--on", "core", "--start", "--require-clear")
        #expect(
            refused.status == 1 && refused.output.contains("So nothing was started. Look at the bed."), "\(refused)")
        #expect(machine.files.isEmpty)

        try show(box: false)
        let sent = try home.run("print", "upload", file, "--on", "core", "--start", "--require-clear")
        #expect(sent.status == 0 && machine.files == ["cube.gcode": 3000], "\(sent)")
        let forgotten = try home.run("bed", "core", "--forget")
        #expect(forgotten.status == 0, "\(forgotten)")
        #expect(farm.end(SIGTERM) == 0)
        let nobody = try home.run("bed", "core")
        #expect(nobody.status == 1 && nobody.errors.contains("farmtop serve"), "\(nobody)")
    }
}
