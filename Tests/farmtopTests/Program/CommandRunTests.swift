import ArgumentParser
import Dashboard
import Farm
import FarmClient
import Foundation
import Glibc
import Imaging
import TestSupport
import Testing
import Text

@testable import FarmConfiguration
@testable import farmtop

@Suite("What the commands say and do, against a farm that serves", .timeLimit(.minutes(20)))
struct CommandRunTests {
    @Test("a printer is added, listed, archived, taken back and removed")
    func printers() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        #expect(try home.run("printer", "add", "mk4").output == "Printer 1 (mk4) was added.\n")
        #expect(try home.run("printer", "list").output.contains("mk4"))
        #expect(try home.run("printer", "archive", "1").status == 0)
        #expect(try !home.run("printer", "list").output.contains("mk4"))
        #expect(try home.run("printer", "list", "--all").output.contains("mk4"))
        #expect(try home.run("printer", "unarchive", "1").status == 0)
        #expect(try home.run("printer", "list").output.contains("mk4"))
        #expect(try home.run("printer", "remove", "1").output == "Printer 1 is removed.\n")
        let gone = try home.run("printer", "remove", "1")
        #expect(gone.status == 1 && !gone.errors.isEmpty)
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("with --json a list is one object a line, and an empty one is nothing")
    func jsonLines() throws {
        let home = try TestHome()
        _ = try home.run("account", "add", "lab")
        #expect(try home.run("printer", "list", "--json").output.isEmpty)
        _ = try home.run("printer", "add", "mk4")
        _ = try home.run("printer", "add", "xl")
        let lines = try home.run("printer", "list", "--json").output.split(separator: "\n")
        let names = try lines.map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }.map { $0?["name"] as? String }
        #expect(names == ["mk4", "xl"])
        #expect(try home.run("complete", "printers").output == "mk4\nxl\n")
        #expect(try home.run("complete", "clients").output.isEmpty)
        #expect(try home.run("complete", "themes").output.hasPrefix("auto\ndefault-dark\n"))
    }

    @Test("a folder without a farm is refused, and stays as it is; what makes something makes the farm")
    func noFarm() throws {
        let home = try TestHome()
        for words in [
            ["printer", "list"], ["printer", "show", "mk4"], ["print", "list"], ["print", "pause", "mk4"],
            ["client", "list"], ["token", "list"], ["account", "list"], ["consent", "list"], ["camera", "list"],
            ["webhook", "status"], ["client", "edit", "a", "--name", "b"],
        ] {
            let outcome = try Program.run(words + ["--data-dir", "\(home.path)/mistyped"], home: home.path)
            #expect(
                outcome.status == 1 && outcome.errors.contains("There is no farm in "), "\(words): \(outcome.errors)")
            #expect(outcome.errors.contains("Check --data-dir"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(home.path)/mistyped"))
        let new = ["--data-dir", home.path + "/new"]
        #expect(try Program.run(["printer", "add", "mk4"] + new, home: home.path).status == 0)
        #expect(try Program.run(["printer", "list"] + new, home: home.path).output.contains("mk4"))
    }

    @Test("an archived printer is shown as such; archiving twice and taking back what is not archived say so")
    func archivedTwice() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        let early = try home.run("printer", "unarchive", "1")
        #expect(early.status == 1 && early.errors == "farmtop: Printer 1 (mk4) is not archived.\n")
        #expect(try home.run("printer", "archive", "1").output == "Printer 1 is archived.\n")
        let again = try home.run("printer", "archive", "1")
        #expect(again.status == 1)
        #expect(
            again.errors
                == "farmtop: Printer 1 (mk4) is archived already. Take it back: farmtop printer unarchive 1\n")
        for name in ["1", "mk4"] {
            let shown = try home.run("printer", "show", name)
            #expect(shown.status == 0 && shown.output.hasPrefix("Printer 1 (mk4) is archived since 2"))
        }
        #expect(try home.run("printer", "unarchive", "1").output == "Printer 1 (mk4) is no longer archived.\n")
    }

    @Test("without a running farm no app can ask for access, and that is said")
    func consentsWithoutFarm() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        let list = try home.run("consent", "list")
        #expect(list.status == 0 && list.errors.contains("No farm is running here"))
        for words in [["consent", "approve", "BCDFG-HJKLM"], ["consent", "deny", "1"]] {
            let outcome = try Program.run(words + ["--data-dir", home.data], home: home.path)
            #expect(outcome.status == 1 && outcome.errors.contains("No farm is running here"), "\(outcome.errors)")
        }
    }

    @Test("files that are none are told in words: a folder, a pipe, one that is not there")
    func namedFiles() throws {
        let home = try TestHome()
        let pipe = "\(home.path)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let folder = "\(home.path)/pictures"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (file, words) in [
            (folder, "\(folder) is a folder. Name a file."), (pipe, "\(pipe) is no plain file."),
            ("\(home.path)/none.jpg", "There is no file \(home.path)/none.jpg."),
        ] {
            let outcome = try home.run("detect", file)
            #expect(outcome.status == 1 && outcome.errors.hasPrefix(words), "\(outcome.errors)")
            let model = try home.run("model", "import", file, file, "--dry-run")
            #expect(model.status == 1 && model.errors.hasPrefix("farmtop: \(words)"), "\(model.errors)")
        }
        let cfg = "\(home.path)/small.cfg"
        try Data("[net]\n".utf8).write(to: URL(filePath: cfg))
        let weights = try home.run("detect", "--model", cfg, "picture.jpg")
        #expect(weights.errors == "farmtop: There is no file \(home.path)/small.weights.\n")
    }

    @Test(
        "a name that a shell would run is completed by its printer's number; a number that is a name too is told apart")
    func hostileNames() throws {
        let home = try TestHome()
        let names = ["$(touch owned)", "`id`", "a\\ b", "it's", "Käfer 打印机", "1"]
        for name in names { #expect(try home.run("printer", "add", name).status == 0) }
        #expect(try home.run("complete", "printers").output == "id=1\n2\n3\n4\nKäfer 打印机\n6\n")
        #expect(try home.run("printer", "show", "id=1").output.contains("(number 1,"))
        #expect(try home.run("printer", "show", "6").output.contains("(number 6,"))
    }

    @Test("a port that there is none of is no address")
    func impossiblePort() throws {
        let home = try TestHome()
        for port in ["0", "65536", "99999"] {
            let outcome = try home.run("--connect", "http://127.0.0.1:\(port)", "--plain")
            #expect(outcome.status == 2 && outcome.errors.contains("--connect takes a URL"), "\(outcome.errors)")
        }
    }

    @Test("detect gives a verdict, and with --fail-over exit code 1 for a picture over it")
    func verdict() throws {
        let home = try TestHome()
        let clean = home.path + "/clean.jpg"
        let tangled = home.path + "/tangled.jpg"
        let photo = try Data(contentsOf: TestFiles.inTests("DetectorTests/Golden/model/p3rc1va1_02864.u8"))
        try Data(JPEG.encode(Pixels(width: 384, height: 384, bytes: [UInt8](photo)))).write(to: URL(filePath: tangled))
        try Data(JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.5, tangle: 0, frame: 0))).write(
            to: URL(filePath: clean))
        #expect(try home.run("detect", clean).output.contains("clean.jpg  clear"))
        #expect(try home.run("detect", tangled).output.contains("tangled.jpg  loose strands"))
        #expect(try home.run("detect", clean, "--fail-over", "0.5").status == 0)
        #expect(try home.run("detect", clean, tangled, "--fail-over", "0.2").status == 1)
        #expect(try home.run("detect", tangled).status == 0)
        #expect(try home.run("detect", tangled, "--fail-over", "2").status == 2)
        #expect(try home.run("detect", tangled, "--json").output.contains("\"verdict\": \"loose_strands\""))
    }

    @Test("a farm that listens elsewhere than configured is well; a taken port is one sentence")
    func ports() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        let doctor = try home.run("doctor", "--json")
        #expect(doctor.output.contains("This farm listens on 127.0.0.1:\(farm.port)"))
        #expect(!doctor.output.contains("\"verdict\": \"fail\""))
        let other = try TestHome()
        let taken = try other.run("serve", "--listen", "127.0.0.1:\(farm.port)")
        #expect(taken.status == 1)
        #expect(taken.errors.split(separator: "\n").count == 1, "\(taken.errors)")
        #expect(taken.errors.contains("Port \(farm.port) on 127.0.0.1 is taken by another program."))
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("--connect to an address where nobody answers says so and ends")
    func deadAddress() throws {
        let home = try TestHome()
        let made = try home.run("client", "add", "app", "--json").output
        try Data(made.utf8).write(to: URL(filePath: home.path + "/app.json"))
        let nobody = try HeldPort(ListenAddress(host: "127.0.0.1", port: 0))
        defer { withExtendedLifetime(nobody) {} }
        let port = nobody.port
        let outcome = try home.run(
            "--connect", "http://127.0.0.1:\(port)", "--plain", "--credentials", home.path + "/app.json")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("No farm answers at http://127.0.0.1:\(port): connection refused."))
    }

    @Test("config check names a theme and files that are not there")
    func checkedValues() throws {
        let home = try TestHome()
        try home.writeConfiguration("[dashboard]\ntheme = \"nope\"\n\n[detector]\nmodel = \"/none.cfg\"\n")
        let outcome = try home.run("config", "check")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("there is no such theme") && outcome.errors.contains("high-contrast"))
        #expect(outcome.errors.contains("detector.model: /none.cfg is not there"))
        let text = home.path + "/text"
        try Data("no certificate".utf8).write(to: URL(filePath: text))
        try home.writeConfiguration(
            """
            [server]
            tls_certificate = "\(text)"
            tls_key = "\(text)"
            [detector]
            model = "\(home.path)"
            [storage]
            data_dir = "\(text)"
            """)
        let kinds = try home.run("config", "check")
        #expect(kinds.status == 2)
        #expect(kinds.errors.contains("\(text) holds no certificate in PEM form"))
        #expect(kinds.errors.contains("detector.model: \(home.path) is a folder"))
        // Without --data-dir, which would come before the file's word.
        let bare = try Program.run(["config", "check"], home: home.path)
        #expect(bare.errors.contains("storage.data_dir: \(text) is no folder"))
        #expect(
            try home.run("config", "check", "--config", home.path).errors.contains("cannot be read: it is a folder."))
        try home.writeConfiguration("[dashboard]\ntheme = \"light\"\n")
        #expect(try home.run("config", "check").output.contains("is valid."))
    }

    @Test("a browser that opens the farm's address sees what it is, and no secret")
    func homePage() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        let client = try farm.addClient("app")
        let page = try farm.http.get("/")
        let text = String(decoding: page.body, as: UTF8.self)
        #expect(page.status == 200 && text.contains("A farmtop print farm"))
        #expect(text.contains("http://127.0.0.1:\(farm.port)/api/v1/"))
        #expect(!text.contains(client.id) && !text.contains(client.secret))
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a disabled account's client is refused, and works again once it is enabled")
    func accounts() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        #expect(try home.run("account", "add", "lab").output == "Account lab was added.\n")
        #expect(try home.run("account", "rename", "lab", "hall").output == "Account hall has its new name.\n")
        #expect(try home.run("account", "list").output.contains("hall"))
        let made = try home.run("client", "add", "app", "--account", "hall", "--json")
        let client = try #require(JSONSerialization.jsonObject(with: Data(made.output.utf8)) as? [String: Any])
        let id = try #require(client["client_id"] as? String)
        let secret = try #require(client["client_secret"] as? String)
        func token() throws -> Int { try farm.http.requestToken((id, secret)).status }
        #expect(try token() == 200)
        #expect(try home.run("account", "disable", "hall").output == "Account hall is disabled.\n")
        #expect(try token() == 401)
        #expect(try home.run("account", "enable", "hall").output == "Account hall is enabled.\n")
        #expect(try token() == 200)
        #expect(try home.run("token", "list").output.contains("app"))
        #expect(try home.run("client", "rotate", id).output.contains(secret) == false)
        #expect(try token() == 401)
        #expect(try home.run("consent", "list").status == 0)
        #expect(try home.run("consent", "approve", "AAAA-AAAA").status == 1)
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("a webhook that nobody receives is said to be so, and the test of it fails")
    func webhook() throws {
        let home = try TestHome()
        let nobody = try HeldPort(ListenAddress(host: "127.0.0.1", port: 0))
        defer { withExtendedLifetime(nobody) {} }
        let closed = nobody.port
        try home.writeConfiguration("[webhook]\nurl = \"http://127.0.0.1:\(closed)/hook\"\n")
        let farm = try ServedFarm(home)
        let status = try home.run("webhook", "status")
        #expect(status.status == 0)
        #expect(status.output.contains("http://127.0.0.1:\(closed)  (messages are not signed)"))
        #expect(status.output.contains("last success  none since the start"))
        let test = try home.run("webhook", "test")
        #expect(test.status == 1)
        #expect(test.output.contains("did not accept it"))
        let json = try home.run("webhook", "status", "--json")
        let facts = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(facts["signed"] as? Bool == false)
        #expect(facts["delivered"] as? Int == 0)
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("without a webhook its commands say what to set")
    func noWebhook() throws {
        let home = try TestHome()
        let farm = try ServedFarm(home)
        let outcome = try home.run("webhook", "test")
        #expect(outcome.status == 1 && outcome.errors.contains("Set url below [webhook]"))
        #expect(farm.end(SIGTERM) == 0)
    }

    @Test("eval judges a folder of labelled pictures, and names those that it cannot read")
    func eval() throws {
        let home = try TestHome()
        let pictures = home.path + "/pictures"
        for (folder, tangle) in [("failure", 600), ("clean", 0)] {
            try FileManager.default.createDirectory(atPath: "\(pictures)/\(folder)", withIntermediateDirectories: true)
            for seed in 1...2 {
                let scene = DrawnScene.draw(seed: UInt64(seed), progress: 0.5, tangle: tangle, frame: 0)
                try Data(JPEG.encode(scene)).write(to: URL(filePath: "\(pictures)/\(folder)/\(seed).jpg"))
            }
        }
        let scores = home.path + "/scores.json"
        let good = try home.run("eval", pictures, "--scores", scores)
        #expect(good.status == 0)
        #expect(good.output.contains("FOUND AT 5 % FALSE"))
        let written = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: scores)))
        #expect((written as? [String: Double])?.count == 4)
        try Data("no JPEG".utf8).write(to: URL(filePath: pictures + "/clean/3.jpg"))
        let bad = try home.run("eval", pictures)
        #expect(bad.status == 1)
        #expect(bad.errors.contains("3.jpg"))
        let unwritten = try home.run("eval", pictures, "--scores", home.path + "/none/scores.json")
        #expect(unwritten.status == 1 && unwritten.errors.contains("/none/scores.json"), "\(unwritten.errors)")
        #expect(unwritten.output.contains("FOUND AT 5 % FALSE"), "what was computed is shown all the same")
    }

    @Test("a file for the boxes that cannot be written is named, beside what was found")
    func unwrittenBoxes() throws {
        let home = try TestHome()
        let photo = home.path + "/photo.jpg"
        try Data(JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.5, tangle: 300, frame: 0))).write(
            to: URL(filePath: photo))
        let outcome = try home.run("detect", photo, "--json", "--boxes", home.path + "/none/boxes.jpg")
        #expect(outcome.status == 1)
        #expect(outcome.output.contains("\"detections\"") && !outcome.output.contains("\"error\""), "\(outcome.output)")
        #expect(
            outcome.errors.contains("/none/boxes.jpg") && !outcome.errors.contains("photo.jpg"), "\(outcome.errors)")
    }

    @Test("a picture replaces no file that is there already, unless it is told to")
    func keptFiles() throws {
        let home = try TestHome()
        let photo = home.path + "/photo.jpg"
        let jpeg = Data(JPEG.encode(DrawnScene.draw(seed: 1, progress: 0.5, tangle: 300, frame: 0)))
        try jpeg.write(to: URL(filePath: photo))
        let kept = home.path + "/kept.jpg"
        try Data("mine".utf8).write(to: URL(filePath: kept))
        let refused = try home.run("detect", photo, photo, "--boxes", kept)
        #expect(refused.status == 1 && refused.output.isEmpty, "\(refused)")
        #expect(refused.errors.contains("/kept.jpg exists already. Give another name, or --force to replace it."))
        // Nobody is asked for a picture that cannot be kept.
        let camera = try home.run("camera", "test", "http://127.0.0.1:1/", "--save", kept)
        #expect(camera.status == 1 && camera.errors.contains("/kept.jpg exists already."), "\(camera)")
        #expect(FileManager.default.contents(atPath: kept) == Data("mine".utf8))
        #expect(try home.run("detect", photo, photo, "--boxes", home.path + "/new.jpg").status == 0)
        #expect(try home.run("detect", photo, "--boxes", kept, "--force").status == 0)
        #expect(FileManager.default.contents(atPath: kept)?.starts(with: [0xFF, 0xD8]) == true)
    }

    @Test("doctor names what a killed restore left, and the next start removes it")
    func killedRestore() throws {
        let home = try TestHome()
        _ = try home.run("printer", "add", "mk4")
        let part = home.data + "/restore.part"
        try Data("half".utf8).write(to: URL(filePath: part))
        let found = try home.run("doctor")
        #expect(found.output.contains("A restore was killed and left \(part)"), "\(found)")
        let start = try home.run("printer", "list")
        #expect(start.errors.contains("A restore was killed before it changed anything."), "\(start)")
        #expect(!FileManager.default.fileExists(atPath: part))
    }

    @Test(
        "output that cannot be written is an error, of every kind of command",
        arguments: [
            ["model", "info"], ["--help"], ["config", "path"], ["model", "info", "--json"],
        ])
    func fullOutput(arguments: [String]) throws {
        let home = try TestHome()
        let errors = home.path + "/errors"
        let status = Program.wait(
            try Program.start(arguments, home: home.path, output: "/dev/full", errors: errors))
        #expect(status == 1)
        #expect(try String(contentsOfFile: errors, encoding: .utf8).contains("No space left on device"))
    }

    @Test("the log names what runs, and never what it holds, at its finest level too")
    func quietLog() throws {
        let home = try TestHome()
        try home.writeConfiguration("[log]\nlevel = \"debug\"\n")
        let outcome = try Program.run(["demo", "--headless", "--duration", "1", "--printers", "1"], home: home.path)
        #expect(outcome.status == 0)
        #expect(outcome.errors.contains("simulated apps"), "\(outcome.errors)")
        for word in ["secret", "credentials:", "Optional("] { #expect(!outcome.errors.contains(word), "\(word)") }
    }

    @Test("a command in a message can be copied, whatever the path")
    func quotedPaths() throws {
        let home = try TestHome()
        #expect(try home.run("account", "add", "lab").status == 0)
        let backup = home.path + "/it's a backup"
        let made = try home.run("backup", backup)
        #expect(made.output.contains(#"farmtop restore '\#(home.path)/it'\''s a backup'"#), "\(made.output)")
        #expect(made.output.contains("2 accounts") && !made.output.contains(" outbox") && !made.output.contains(" 0 "))
        #expect(try home.run("restore", backup).status == 0)
        #expect(shellWord("/var/lib/farm-top_1.db") == "/var/lib/farm-top_1.db")
        #expect(shellWord("") == "''" && shellWord("$(x)") == "'$(x)'")
    }

    @Test("a model is measured, installed, named by the doctor, and reset; not while a farm runs")
    func models() throws {
        let home = try TestHome()
        let model = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/CModel/Model/farmtop-spaghetti").standardized.path
        let dry = try home.run("model", "import", model + ".cfg", model + ".weights", "--dry-run")
        #expect(dry.status == 0)
        #expect(dry.output.contains("works; nothing was installed."))
        #expect(try home.run("model", "reset").output.contains("No model was installed"))
        let farm = try ServedFarm(home)
        #expect(try home.run("model", "import", model + ".cfg", model + ".weights").status == 2)
        #expect(farm.end(SIGTERM) == 0)
        #expect(
            try home.run("model", "import", model + ".cfg", model + ".weights").output
                .contains("is installed and used from the next start on."))
        #expect(try home.run("model", "reset").output.contains("The installed model is removed."))
        try linkedModel(model, home)
        try home.writeConfiguration("[detector]\nmodel = \"\(home.path)/gone.cfg\"\n")
        let beside = try home.run("model", "import", model + ".cfg", model + ".weights")
        #expect(beside.status == 0 && beside.errors.contains("The model in use does not load"), "\(beside.errors)")
        #expect(beside.output.contains("But the configuration names a model"))
        try home.writeConfiguration("")
        let bench = try home.run("model", "bench", "--frames", "1", "--threads", "1", "--json")
        #expect(bench.status == 0)
        let alone = try #require(JSONSerialization.jsonObject(with: Data(bench.output.utf8)) as? [String: Any])
        #expect(alone["side_by_side"] == nil)
        let two = try home.run("model", "bench", "--frames", "1", "--threads", "1", "--json", "--side-by-side", "2")
        let both = try #require(JSONSerialization.jsonObject(with: Data(two.output.utf8)) as? [String: Any])
        let members = try #require(both["side_by_side"] as? [String: Any])
        #expect(members["frames_at_once"] as? Int == 2 && members["frames"] as? Int == 2)
        let many = try home.run("model", "bench", "--side-by-side", "257")
        #expect(
            many.status == 2 && many.errors.contains("--side-by-side is 0 to 256."), "\(many.status) \(many.errors)")
        // Instructions that have no bfloat16 leave only float32 to choose, and refuse it where it is asked for.
        let portable = ["model", "bench", "--frames", "1", "--threads", "1", "--json", "--instructions", "portable"]
        let chosen = try Program.run(portable, home: home.path)
        #expect(chosen.status == 0 && chosen.output.contains(#""precision": "float32""#), "\(chosen.errors)")
        let refused = try Program.run(portable + ["--precision", "bfloat16"], home: home.path)
        #expect(refused.status == 2 && refused.errors.contains("has no bfloat16"), "\(refused.errors)")
    }
}

extension CommandRunTests {
    /// What a link leads to is copied, into files that are the farm's own.
    private func linkedModel(_ model: String, _ home: TestHome) throws {
        for ending in [".cfg", ".weights"] {
            try FileManager.default.createSymbolicLink(
                atPath: home.path + "/link" + ending, withDestinationPath: model + ending)
        }
        let outcome = try home.run("model", "import", home.path + "/link.cfg", home.path + "/link.weights")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let installed = home.data + "/model/1"
        for name in ["link.cfg", "link.weights", "link.weights.sha256"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(installed)/\(name)")
            #expect(attributes[.type] as? FileAttributeType == .typeRegular)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }
}

@Suite("Credentials for a farm elsewhere", .timeLimit(.minutes(20)))
struct RemoteCredentialsTests {
    @Test("come from the named file, which must be what client add wrote")
    func file() throws {
        let home = try TestHome()
        let path = home.path + "/credentials"
        try Data(#"{"client_id": "a", "client_secret": "b", "scope": "read"}"#.utf8).write(to: URL(filePath: path))
        let credentials = try found(path, [:])
        #expect(credentials.clientID == "a" && credentials.clientSecret == "b")
        try Data(#"{"client_secret": "s3cr3t"}"#.utf8).write(to: URL(filePath: path))
        let error = #expect(throws: CommandFailure.self) { try found(path, [:]) }
        #expect(error?.message.contains("s3cr3t") == false)
        #expect(throws: CommandFailure.self) { try found(home.path + "/none", [:]) }
    }

    @Test("or from the environment, both of them; never half")
    func environment() throws {
        let both = ["FARMTOP_CLIENT_ID": "a", "FARMTOP_CLIENT_SECRET": "b"]
        let credentials = try found(nil, both)
        #expect(credentials.clientID == "a" && credentials.clientSecret == "b")
        #expect(throws: CommandFailure.self) { try found(nil, ["FARMTOP_CLIENT_ID": "a"]) }
        #expect(throws: CommandFailure.self) {
            try found(nil, ["FARMTOP_CLIENT_ID": "a", "FARMTOP_CLIENT_SECRET": ""])
        }
    }

    @Test("a farm's URL loses its last slashes; other schemes, queries and passwords are refused")
    func base() throws {
        #expect(try RemoteCredentials.base("https://farm.example.org//") == "https://farm.example.org")
        for url in ["ftp://a", "farm.example.org", "https://a/?x=1", "https://a/#x", "https://me:pw@a/"] {
            #expect(throws: CommandFailure.self, "\(url)") { try RemoteCredentials.base(url) }
        }
    }

    private func found(_ file: String?, _ environment: [String: String]) throws -> RemoteCredentials {
        var arguments = ["--connect", "http://127.0.0.1:1"]
        if let file { arguments += ["--credentials", file] }
        return try RemoteCredentials.found(try RemoteFlags.parse(arguments), environment: environment)
    }
}

@Suite("Themes of the operator's own", .timeLimit(.minutes(20)))
struct ThemeFilesTests {
    @Test("each good file is a theme; a broken one is a message, and the others still count")
    func files() throws {
        let home = try TestHome()
        for (name, text) in [
            ("good", "name = \"Mine\"\n[roles]\nfailing = \"red bold\"\n"), ("syntax", "name = \n"),
            ("key", "colour = 1\n"),
            ("type", "[roles]\nfailing = [1]\n"), ("null", "\u{0}"), ("date", "\n x = 2026-01-31T:"),
        ] {
            try Data(text.utf8).write(to: URL(filePath: "\(home.path)/\(name).toml"))
        }
        let found = ThemeFiles(in: home.path)
        #expect(found.themes.map(\.name) == ["Mine"])
        #expect(found.problems.count == 5)
        #expect(found.problems.contains { $0.contains("date.toml is no theme: line 2: no value that TOML knows") })
        #expect(found.problems.contains { $0.contains("syntax.toml is no theme: line 1") })
        #expect(found.problems.contains { $0.contains("there is no key colour") })
        #expect(ThemeFiles(in: home.path + "/none").problems.isEmpty)
    }
}
