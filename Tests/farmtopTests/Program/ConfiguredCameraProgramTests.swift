import Foundation
import Glibc
import Imaging
import TestSupport
import Testing

@testable import farmtop

@Suite("A camera of the configuration file, by the program", .timeLimit(.minutes(20)))
struct ConfiguredCameraProgramTests {
    @Test("its pictures judge the print, no command removes it, and config check knows whether it can work")
    func judged() throws {
        let home = try TestHome()
        let picture = home.path + "/picture.jpg"
        try Data(JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.5, tangle: 0, frame: 0))).write(
            to: URL(filePath: picture))
        try home.writeConfiguration(
            """
            [[camera]]
            printer = "mk4"
            command = ["cat", "\(picture)"]
            interval_s = 1
            """)
        #expect(try home.run("config", "check").status == 0)
        _ = try home.run("printer", "add", "mk4")
        #expect(try home.run("camera", "list").output.contains("judges"))
        #expect(try home.run("camera", "remove", "mk4", "1").status == 1)
        let farm = try ServedFarm(home)
        _ = try home.run("print", "start", "mk4", "cube.gcode")
        let deadline = ContinuousClock.now + .seconds(300)
        var shown = ""
        while ContinuousClock.now < deadline, !shown.contains("\"camera_state\": \"ok\"") {
            shown = try home.run("printer", "show", "mk4", "--json").output
            usleep(200_000)
        }
        #expect(shown.contains("\"camera_state\": \"ok\""), "\(shown)")
        #expect(shown.contains("\"configured\": true"))
        #expect(farm.end(SIGTERM) == 0)

        try home.writeConfiguration(
            """
            [[camera]]
            printer = "mk4"
            command = ["no-such-program"]
            [[camera]]
            printer = "xl"
            file = "\(home.path)/none.jpg"
            """)
        let check = try home.run("config", "check")
        #expect(check.status == 2)
        #expect(check.errors.contains("there is no program no-such-program"))
        #expect(check.errors.contains("none.jpg is not there"))
    }
}
