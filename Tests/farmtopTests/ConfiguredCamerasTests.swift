import Farm
import Testing

@testable import farmtop

@Suite("Cameras of the configuration file", .timeLimit(.minutes(20)))
struct ConfiguredCamerasTests {
    private func read(_ text: String) throws -> [ConfiguredCamera] {
        try ConfigurationReader(file: "config.toml").read(text).cameras
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch ConfigurationError.invalid(_, let problems) {
            return problems.map { "\($0.line ?? 0) \($0.key)" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test("a program or a file, with all that a camera has; there may be many")
    func whole() throws {
        let cameras = try read(
            """
            [log]
            level = "debug"
            [[camera]]
            printer = "mk4"
            command = ["ffmpeg", "-i", "/dev/video0", "-"]
            [[camera]]
            printer = "7"
            file = "/run/x.jpg"
            name = "side"
            interval_s = 30
            rotate = 270
            flip_horizontal = true
            second = true
            """)
        #expect(cameras.map(\.printer) == ["mk4", "7"])
        #expect(
            cameras.map(\.settings.source) == [.command(["ffmpeg", "-i", "/dev/video0", "-"]), .file("/run/x.jpg")])
        #expect(cameras[0].settings.isPrimary && cameras[0].settings.intervalSeconds == 10)
        let side = cameras[1].settings
        #expect(side.name == "side" && !side.isPrimary && side.intervalSeconds == 30)
        #expect(side.orientation == CameraOrientation(flipHorizontal: true, rotation: .threeQuarters))
    }

    @Test("each fault is told with the line of its table")
    func faults() {
        #expect(problems("[[camera]]\nfile = \"/x\"") == ["1 camera.printer"])
        #expect(problems("[[camera]]\nprinter = \"a\"") == ["1 camera.command"])
        #expect(
            problems("[[camera]]\nprinter = \"a\"\nfile = \"/x\"\n[[camera]]\nprinter = \"b\"\nfile = \"x.jpg\"")
                == ["4 camera.file"])
        for command in ["\"ffmpeg -i\"", "[]", "[\"\"]", "[1]", "[[\"a\"]]"] {
            #expect(problems("[[camera]]\nprinter = \"a\"\ncommand = \(command)") == ["1 camera.command"], "\(command)")
        }
        #expect(
            problems("[[camera]]\nprinter = \"a\"\nfile = \"/x\"\nrotate = 45\ninterval_s = 0\nsecond = 1\nurl = \"x\"")
                == ["1 camera.interval_s", "1 camera.rotate", "1 camera.second", "1 camera.url"])
        #expect(problems("camera = 5") == ["1 camera"])
        #expect(problems("[camera]\nprinter = \"a\"") == ["1 camera"])
        #expect(problems("camera = [1]") == ["1 camera"])
    }
}
