import FarmConfiguration
import Foundation
import Glibc
import Imaging
import TestSupport
import Testing

@testable import farmtop

/// The pages that people read first.
private enum Page: String, CaseIterable, CustomTestStringConvertible {
    case readme = "README.md"
    case appAuthor = "Sources/farmtop/farmtop.docc/AppAuthor.md"
    case api = "Sources/farmtop/farmtop.docc/API.md"
    case connecting = "Sources/farmtop/farmtop.docc/ConnectAPrinter.md"
    case dashboard = "Sources/farmtop/farmtop.docc/Dashboard.md"
    case operation = "Sources/farmtop/farmtop.docc/Operator.md"
    case notifications = "Sources/farmtop/farmtop.docc/Notifications.md"
    case model = "Sources/farmtop/farmtop.docc/Model.md"
    case figures = "Sources/farmtop/farmtop.docc/Figures.md"
    case architecture = "Sources/farmtop/farmtop.docc/Architecture.md"
    case oauthChecklist = "Sources/farmtop/farmtop.docc/OAuthChecklist.md"
    case contributing = ".github/CONTRIBUTING.md"

    var testDescription: String { rawValue }
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    var file: URL { Self.root.appending(path: rawValue) }
    func text() throws -> String { try String(contentsOf: file, encoding: .utf8) }
}

@Suite("The documentation", .timeLimit(.minutes(20)))
struct DocumentationTests {
    private static let hasCurl = ["/usr/bin/curl", "/usr/local/bin/curl", "/bin/curl"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        "every command of a page works, in its order, against a new farm",
        .enabled(if: hasCurl, "curl is not installed"), arguments: Page.allCases)
    private func commands(page: Page) throws {
        let blocks = MarkdownBlock.all(in: try page.text())
        for block in blocks {
            switch block.role {
            case .unknown(let words): Issue.record("\(page.rawValue):\(block.line): what is \"\(words)\"?")
            case .notRun(let reason): print("\(page.rawValue):\(block.line) is not run: \(reason)")
            case .run, .inAnotherTerminal: break
            }
        }
        let home = try TestHome()
        let scene = DrawnScene.draw(seed: 1, progress: 0.5, tangle: 0, frame: 0)
        try Data(JPEG.encode(scene)).write(to: URL(filePath: home.path + "/snapshot.jpg"))
        let held = try HeldPort(ListenAddress(host: "127.0.0.1", port: 0))
        let port = held.port
        defer { withExtendedLifetime(held) {} }
        let served = blocks.contains { $0.role == .inAnotherTerminal }
        let server = served ? try serve(home, port) : nil
        defer {
            if let server {
                kill(server, SIGTERM)
                _ = Program.wait(server)
            }
        }
        let outcome = try Shell(home: home.path, port: port).run(script(of: blocks, in: home.path, port))
        #expect(outcome.status == 0, "\(page.rawValue): \(outcome.output)")
        for block in blocks where block.language == "json" {
            #expect(throws: Never.self, "\(page.rawValue):\(block.line)") {
                try JSONSerialization.jsonObject(with: Data(block.text.utf8))
            }
        }
    }

    @Test("no command stands outside of a fence, where nothing would run it", arguments: Page.allCases)
    private func fences(page: Page) throws {
        var isFenced = false
        for (index, line) in try page.text().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            #expect(isFenced || !line.hasPrefix("    "), "\(page.rawValue):\(index + 1): an indented block")
        }
        #expect(!isFenced)
    }

    @Test("the page of the API is what the API says of itself; FARMTOP_WRITE_DOCS=1 writes it")
    func api() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        let described = try farm.http.get("/openapi.json").object
        #expect(farm.end(SIGTERM) == 0)
        let page = APIPage(described).text
        if ProcessInfo.processInfo.environment["FARMTOP_WRITE_DOCS"] == "1" {
            try page.write(to: Page.api.file, atomically: true, encoding: .utf8)
        }
        #expect(try page == Page.api.text(), "Run FARMTOP_WRITE_DOCS=1 swift test --filter DocumentationTests")
    }

    /// The farm of the other terminal; returns when it answers.
    private func serve(_ home: TestHome, _ port: Int) throws -> pid_t {
        let log = home.path + "/serve.log"
        let pid = try Program.start(["serve", "--listen", "127.0.0.1:\(port)"], home: home.path, errors: log)
        let http = HTTP(port: UInt16(port))
        // Also the detector: a picture that comes before it is loaded gets 503.
        while (try? http.get("/metrics").body).map({ !Data($0).contains("farmtop_detector_ready 1") }) ?? true {
            var status: Int32 = 0
            let said = try String(contentsOfFile: log, encoding: .utf8)
            try #require(waitpid(pid, &status, WNOHANG) == 0, "\(said)")
            usleep(10_000)
        }
        return pid
    }

    /// One script of all blocks, so that what one sets the next one has.
    private func script(of blocks: [MarkdownBlock], in folder: String, _ port: Int) throws -> String {
        var script = "set -euo pipefail\n"
        for block in blocks where block.role == .run {
            let file = "\(folder)/line-\(block.line)"
            let text = block.text.replacing("127.0.0.1:3334", with: "127.0.0.1:\(port)")
            script += "echo '== line \(block.line)'\n"
            switch block.language {
            case "sh": script += text
            case "python":
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                script +=
                    "if command -v python3 >/dev/null; then python3 \(file); else echo 'not run: no python3'; fi\n"
            case "toml":
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                script += "farmtop config check --config \(file)\n"
            case "json", "text", "swift": break
            default: Issue.record("line \(block.line): what is \(block.language)?")
            }
        }
        return script
    }
}

extension Data {
    fileprivate func contains(_ text: String) -> Bool { range(of: Data(text.utf8)) != nil }
}

/// Runs a page's commands as its reader would, but at the farm of the test.
private struct Shell {
    let home: String
    let port: Int

    func run(_ script: String) throws -> (status: Int32, output: String) {
        let programs = URL(filePath: Program.path).deletingLastPathComponent().path
        let outcome = try ChildProcess.run(
            "/bin/bash", ["-c", "cd \(home)\n" + script],
            environment: [
                "HOME=\(home)", "PATH=\(programs):/usr/local/bin:/usr/bin:/bin", "FARMTOP_LISTEN=127.0.0.1:\(port)",
                "SWIFT_BACKTRACE=enable=no",
            ], withErrors: true)
        return (outcome.status, String(decoding: outcome.output, as: UTF8.self))
    }
}
