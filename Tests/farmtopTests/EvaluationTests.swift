import ArgumentParser
import Detector
import FailureDetection
import Farm
import Foundation
import Imaging
import Testing

@testable import Evaluation
@testable import farmtop

@Suite("Judging a model by labelled pictures", .timeLimit(.minutes(20)))
struct EvaluationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-eval-\(UUID().uuidString)")

    private func write(_ name: String, _ bytes: [UInt8] = [0xFF, 0xD8]) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    @Test("a folder's folders are the labels; names that are none are reported by themselves")
    func folders() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        for name in ["failure/a.jpg", "Clean/cam1/b.JPEG", "clean/c.jpg", "warping/d.jpg", "clean/notes.txt"] {
            try write(name)
        }
        let read = try LabelledPictures.read(folder.path, split: nil)
        #expect(read.pictures.map(\.file) == ["Clean/cam1/b.JPEG", "clean/c.jpg", "failure/a.jpg", "warping/d.jpg"])
        #expect(read.pictures.map(\.label) == [.clean, .clean, .failure, .other("warping")])
        #expect(read.pictures[0].source == "cam1" && read.pictures[2].group == "failure")
    }

    @Test("a manifest is read by split; unlabelled pictures and those like another are left out and counted")
    func manifest() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let text = """
            [{"file": "a.jpg", "label": "spaghetti", "subtype": "loose", "source": "x", "split": "dev", "cluster": 1},
             {"file": "b.jpg", "label": "spaghetti", "source": "x", "split": "dev", "cluster": 1, "width": 3},
             {"file": "c.jpg", "label": "negative", "source": "y", "split": "dev", "cluster": 1, "rep": true},
             {"file": "d.jpg", "label": "negative", "source": "y", "split": "dev", "cluster": 1, "rep": false},
             {"file": "e.jpg", "label": null, "split": "dev"}, {"file": "f.jpg", "label": "negative", "split": "train"}]
            """
        try write("manifest.json", Array(text.utf8))
        let read = try LabelledPictures.read(folder.appending(path: "manifest.json").path, split: "dev")
        #expect(read.pictures.map(\.file) == ["a.jpg", "c.jpg"])
        #expect(read.pictures[0].group == "loose" && read.pictures[1].path == folder.path + "/c.jpg")
        #expect(read.notes.count == 2)
    }

    @Test("a manifest's labels may have capitals, and its files may be anywhere")
    func manifestWords() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let text = #"[{"file": "/photos/a.jpg", "label": "Spaghetti"}, {"file": "b.jpg", "label": "CLEAN"}]"#
        try write("manifest.json", Array(text.utf8))
        let read = try LabelledPictures.read(folder.appending(path: "manifest.json").path, split: nil)
        #expect(read.pictures.map(\.label) == [.failure, .clean])
        #expect(read.pictures.map(\.path) == ["/photos/a.jpg", folder.path + "/b.jpg"])
    }

    @Test("a folder without labels, a file that is no manifest and one that is missing end with what to give")
    func faults() throws {
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        try write("pictures/a.jpg")
        try write("broken.json", Array("{".utf8))
        for path in [folder.path, folder.path + "/broken.json", folder.path + "/none"] {
            let error = #expect(throws: LabelledPicturesError.self) { try LabelledPictures.read(path, split: nil) }
            #expect(error.flatMap { CommandFailure($0) }?.exitCode == 2)
        }
    }

    @Test("the listing names the groups, the clean cameras, the worst errors and the simulated prints")
    func listing() {
        func scored(_ file: String, _ label: LabelledPicture.Label, _ score: Double, _ source: String) -> ScoredPicture
        {
            ScoredPicture(
                picture: LabelledPicture(file: file, path: file, label: label, subtype: nil, source: source),
                score: score)
        }
        let evaluation = Evaluation(
            model: ModelDescription(name: "m", inputWidth: 1, inputHeight: 1, gflop: 1, parameters: 1),
            scored: [
                scored("f1", .failure, 0.9, "a"), scored("f2", .failure, 0.05, "a"), scored("c1", .clean, 0.4, "a"),
                scored("c2", .clean, 0, "b"), scored("w", .other("warping"), 0.1, "a"),
            ], notes: ["note"], worst: 1, secondsPerFrame: 10, simulatedPrints: 2)
        let text = evaluation.listing.text
        #expect(evaluation.groups.map(\.name) == ["failure"] && evaluation.others.map(\.name) == ["warping"])
        #expect(evaluation.groups.first?.quality.auc == 0.75)
        #expect(evaluation.missed.map(\.picture.file) == ["f2"])
        #expect(evaluation.falseAlarms.map(\.picture.file) == ["c1"])
        for part in ["m  2 clean pictures", "warping", "0.380", "failing from the start", "3 prints old", "note"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(throws: Never.self) {
            try JSONSerialization.jsonObject(with: Data(evaluation.listing.json.description.utf8))
        }
    }

    @Test(
        "numbers are written with so many digits",
        arguments: [
            (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-1.25, 2, "-1.25"), (12.6, 0, "13"),
            (0.0345, 3, "0.035"),
        ])
    func decimal(_ value: Double, _ digits: Int, _ text: String) { #expect(decimals(value, digits) == text) }
}

@Suite("Installing and measuring a model", .timeLimit(.minutes(20)))
struct ModelInstallationTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "farmtop-model-\(UUID().uuidString)")

    /// The folder with a cfg and weights in it, to be copied only: no network could be read from them.
    private func modelFiles() throws -> (cfg: String, weights: String) {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (cfg, weights) = (folder.path + "/x.cfg", folder.path + "/x.weights")
        try Data("[net]".utf8).write(to: URL(filePath: cfg))
        try Data([1, 2]).write(to: URL(filePath: weights))
        return (cfg, weights)
    }

    @Test("an installed model takes the place of the one before as a whole, and goes away on request")
    func install() throws {
        let (cfg, weights) = try modelFiles()
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let installed = InstalledModel(dataFolder: folder.path)
        #expect(installed.source == nil)
        try installed.install(cfg: cfg, weights: weights, name: "first")
        #expect(installed.source?.cfgPath == folder.path + "/model/1/first.cfg")
        try installed.install(cfg: cfg, weights: weights, name: "../se cond")
        #expect(installed.source?.name == "-se-cond")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/model") == ["2"])
        #expect(throws: CommandFailure.self) {
            try installed.install(cfg: folder.path + "/none", weights: weights, name: "third")
        }
        #expect(installed.source?.name == "-se-cond")
        #expect(try installed.remove() && installed.source == nil)
        #expect(try !installed.remove())
    }

    @Test("the bench counts every layer that takes time and its JSON has the promised members")
    func bench() throws {
        let detector = try NetworkDetector(network: ModelSource(cfgPath: "", weightsPath: "").load(), threads: 1)
        let bench = try ModelBench(detector, jpeg: ModelCommand.Bench.drawnFrame, frames: 3)
        #expect(bench.network.median > 0 && bench.total.p99 >= bench.total.median)
        #expect(
            bench.layers.filter { $0.layer.gflop > 0 }.allSatisfy { $0.milliseconds > 0 && bench.share(of: $0) > 0 })
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(bench.listing.json.description.utf8)) as? [String: Any])
        for key in ["network", "gflop", "precision", "threads", "median_ms", "p99_ms", "peak_rss_mb", "layers"] {
            #expect(json[key] != nil, "\(key)")
        }
        #expect(bench.listing.text.contains("whole frame"))
        #expect(ModelCommand.Import.comparison(nil, bench, "done").text.contains("does not load"))
    }

    @Test(
        "threads compute frames side by side, as many as 128 MiB of working memory hold, and share what is left over",
        arguments: [
            (1, 10, [1]), (2, 10, [1, 1]), (5, 10, [1, 1, 1, 1, 1]), (4, 32, [1, 1, 1, 1]), (6, 32, [1, 1, 2, 2]),
            (9, 32, [2, 2, 2, 3]), (3, 33, [1, 1, 1]), (4, 33, [1, 1, 2]), (3, 129, [3]), (2, 10_000, [2]),
        ])
    func threadsOfEach(threads: Int, mebibytes: Int, each: [Int]) {
        #expect(DetectorQueue.threadsOfEach(threads, workingBytes: mebibytes << 20) == each)
    }

    @Test("frames side by side go through the farm's queue, each once, and the listing says how many a second")
    func sideBySide() async throws {
        let network = try ModelSource(cfgPath: "", weightsPath: "").load()
        let detector = try NetworkDetector(network: network, threads: 1)
        #expect(detector.workingBytes == network.workingBytes)
        var bench = try ModelBench(detector, jpeg: ModelCommand.Bench.drawnFrame, frames: 1)
        for (atOnce, frames) in [(1, 3), (3, 7), (40, 2)] {
            let measured = try await SideBySideBench(
                network, instructions: .best, framesAtOnce: atOnce, jpeg: ModelCommand.Bench.drawnFrame, frames: frames)
            #expect(measured.framesAtOnce == atOnce && measured.frames == frames)
            #expect(measured.framesPerSecond > 0 && measured.frame.median > 0)
            // Threads × time is at least the frames' times together, and their mean at least half the median.
            #expect(measured.framesPerSecond * measured.frame.median <= 2e3 * Double(atOnce))
            bench.sideBySide = measured
        }
        #expect(bench.listing.text.contains("Side by side, 40 frames at the same time, a thread each: "))
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(bench.listing.json.description.utf8)) as? [String: Any])
        let members = try #require(json["side_by_side"] as? [String: Any])
        #expect(Set(members.keys) == ["frames_at_once", "frames", "frames_per_second", "frame_ms"])
        await #expect(throws: FrameError.self) {
            _ = try await SideBySideBench(
                network, instructions: .best, framesAtOnce: 2, jpeg: Array("no picture".utf8), frames: 2)
        }
    }

    @Test("the configured precision is the model's, inside the program or installed, unless the command says another")
    func precision() throws {
        let (cfg, weights) = try modelFiles()
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let settings = try Settings(
            overrides: ConfigurationOverrides(configFile: "/c.toml", dataFolder: folder.path), environment: [:],
            workingFolder: "/"
        ) { _ in Array("[detector]\nprecision = \"bfloat16\"".utf8) }
        #expect(
            try settings.modelSource()
                == ModelSource(
                    cfgPath: "", weightsPath: "", choice: .bfloat16, measurementFile: folder.path + "/precision.json"))
        try InstalledModel(dataFolder: folder.path).install(cfg: cfg, weights: weights, name: "own")
        #expect(
            try settings.modelSource()
                == ModelSource(cfgPath: folder.path + "/model/1/own.cfg", weightsPath: "", choice: .bfloat16))
        #expect(try ModelOptions.parse([]).source(settings).precision == .bfloat16)
        #expect(try ModelOptions.parse(["--model", "m.cfg"]).source(settings).precision == .bfloat16)
        #expect(try ModelOptions.parse(["--precision", "float32"]).source(settings).precision == .float32)
        #expect(try ModelOptions.parse(["--precision", "auto"]).source(settings).precision == .float32)
        let hasBfloat16 = Precision.available.contains(.bfloat16)
        #expect(ModelSource(cfgPath: "", weightsPath: "").precision == (hasBfloat16 ? .bfloat16 : .float32))
        let bundled = ModelSource(cfgPath: "", weightsPath: "", choice: .bfloat16)
        if hasBfloat16 {
            #expect(try bundled.load().model.precision == .bfloat16)
        } else {
            let refusal = #expect(throws: ModelError.self) { _ = try bundled.load() }
            #expect(refusal?.description.hasSuffix("Use float32.") == true)
        }
    }

    @Test("quantiles take the nearest rank")
    func ranks() {
        let part = ModelBench.Part([3, 1, 2, 4])
        #expect(part.median == 2 && part.p99 == 4)
        #expect(ModelBench.Part([]).median == 0)
    }
}

@Suite("Lists of scores to judge", .timeLimit(.minutes(20)))
struct ScoreLineTests {
    private func sequence(_ line: String) throws(ScoreLine.Fault) -> ScoreSequence {
        try ScoreLine.sequence(Data(line.utf8))
    }

    @Test("a line names its scores, and what came before")
    func whole() throws {
        let line = #"{"name": "a", "interval_s": 5, "p": [0.1, 2], "onset": 60, "before": [[0], []]}"#
        let expected = ScoreSequence(name: "a", interval: 5, scores: [0.1, 2], before: [[0], []])
        #expect(try sequence(line) == expected)
        #expect(try sequence(#"{"name": "b", "p": []}"#) == ScoreSequence(name: "b", scores: []))
    }

    @Test(
        "a line that is none says what is wrong",
        arguments: [
            ("", "not a JSON object"), ("[1]", "not a"), (#"{"name": "a"}"#, "\"p\" is missing"),
            (#"{"name": "a", "p": [-1]}"#, "0 or more"), (#"{"name": "a", "p": ["x"]}"#, "p.0 is not a"),
            (#"{"name": "a", "p": [], "interval_s": 0}"#, "interval_s"),
        ])
    func faults(line: String, reason: String) {
        do throws(ScoreLine.Fault) {
            _ = try sequence(line)
            Issue.record("\(line) was read")
        } catch {
            #expect(error.reason.contains(reason))
        }
    }

    @Test("empty lines are left out, and the others keep their numbers")
    func numbers() {
        #expect(ScoreLine.lines(Data("a\n\n \r\nb".utf8)).map(\.number) == [1, 4])
    }

    @Test("the answer has null where nothing was raised, and a number for each picture")
    func answer() {
        let sequence = ScoreSequence(name: "a", scores: [0, 0])
        let answer = ScoreLine.answer(sequence, ScoreReplay(sequence, model: FailureModel())).description
        #expect(
            answer.replacing(" ", with: "").hasPrefix(
                #"{"name":"a","alert_at":null,"pause_at":null,"failure_probability":[0"#))
    }
}
