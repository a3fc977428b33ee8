import ArgumentParser
import Detector
import Farm
import FarmConfiguration
import Foundation
import Imaging
import Text

struct DetectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Look for failures in JPEG files.",
        discussion: """
            Says of each file whether it shows loose strands. Exit code 1 if any file could not be read, or with
            --fail-over P if any shows more than P. With --bed and --ignore only a part of each picture is judged, as
            farmtop camera region sets it for a printer.
            """)
    @Argument(help: "JPEG files.") var files: [String]
    @OptionGroup var model: ModelOptions
    @Option(
        name: .customLong("fail-over"),
        help: ArgumentHelp(
            "Exit code 1 if any picture's p is over this, 0 to 1; it is the verdict's threshold too (default: 0.2).",
            valueName: "p"))
    var failOver: Double?
    @OptionGroup var region: RegionOptions
    @Option(help: "Where to write the picture with its boxes; of several files, the last.") var boxes: String?
    @OptionGroup var replacing: ForceOption
    @OptionGroup var options: CommonOptions

    func validate() throws {
        if let failOver, !(0...1).contains(failOver) {
            throw ValidationError("--fail-over takes a number from 0 to 1.")
        }
    }

    /// Over this a picture counts as showing loose strands.
    private var threshold: Double { failOver ?? JudgedFile.usualThreshold }

    func run() async throws {
        let drawn = boxes.map { OutputFile($0, replaces: replacing.force) }
        try drawn?.refuseExisting()
        let detector = try NetworkDetector(network: model.source(options.settings()).load())
        var failed = false
        var hasDrawn = false
        for file in files {
            do {
                let (judged, pixels) = try judge(file, detector)
                try Console.out(options.isJSON ? judged.json.description : judged.text)
                if failOver != nil, judged.showsFailure { failed = true }
                guard let drawn else { continue }
                do throws(CommandFailure) {
                    try drawn.write(JPEG.encode(pixels.drawing(judged.detections)), again: hasDrawn)
                    hasDrawn = true
                } catch {
                    // The verdict is out already: what failed is not the picture's.
                    failed = true
                    Console.error(error.message)
                }
            } catch let failure as OutputFailure {
                throw failure
            } catch {
                failed = true
                let reason = CommandFailure(error)?.message ?? fileReason(error)
                if options.isJSON {
                    try Console.out(JSONText.object([("file", .string(file)), ("error", .string(reason))]).description)
                } else if error is CommandFailure {
                    Console.error(reason)
                } else {
                    Console.error("\(printable(file)): \(reason)")
                }
            }
        }
        if failed { throw ExitCode(1) }
    }

    private func judge(_ file: String, _ detector: NetworkDetector) throws -> (JudgedFile, Pixels) {
        let bytes = Array(try NamedFile(file).contents())
        let clock = ContinuousClock()
        let start = clock.now
        let image = try JPEG.decode(bytes)
        let decoded = clock.now
        let detections = detector.detect(image.pixels, in: try region.region())
        let end = clock.now
        let judged = JudgedFile(
            file: file, width: image.pixels.width, height: image.pixels.height, detections: detections,
            threshold: threshold, damage: image.damage, decode: decoded - start, network: end - decoded)
        return (judged, image.pixels)
    }
}

/// What the detector says of one file.
struct JudgedFile {
    var file: String
    var width: Int
    var height: Int
    var detections: [Detection]
    /// Over this it shows loose strands.
    var threshold = usualThreshold
    var damage: String?
    var decode: Duration
    var network: Duration

    /// From which a picture counts on the dashboard too.
    static let usualThreshold = 0.2

    /// The sum of confidences, at most 1.
    private var p: Double { min(1, detections.pSum) }
    var showsFailure: Bool { p > threshold }

    /// One picture is no alert: the farm alerts on many of them in a row.
    private var verdict: String {
        showsFailure ? "loose strands" : detections.isEmpty ? "clear" : "clear (below \(decimals(threshold, 2)))"
    }

    var json: JSONText {
        .object([
            ("file", .string(file)), ("verdict", .string(showsFailure ? "loose_strands" : "clear")),
            ("width", .integer(Int64(width))), ("height", .integer(Int64(height))),
            ("p", .number(p)),
            (
                "detections",
                .list(
                    detections.map { detection in
                        .object([
                            ("confidence", .number(detection.confidence)),
                            (
                                "bbox",
                                .list(
                                    [detection.box.x, detection.box.y, detection.box.width, detection.box.height]
                                        .map(JSONText.number))
                            ),
                        ])
                    })
            ),
            ("ms", .object([("decode", .number(decode.milliseconds)), ("network", .number(network.milliseconds))])),
        ])
    }

    var text: String {
        var lines = [
            "\(printable(file))  \(verdict)  p \(decimals(p, 2))  \(width)x\(height)  "
                + "decode \(decimals(decode.milliseconds, 1)) ms, network \(decimals(network.milliseconds, 1)) ms"
        ]
        if let damage { lines.append("  damaged: \(damage)") }
        for detection in detections {
            let box = detection.box
            lines.append(
                "  \(decimals(detection.confidence, 2))  centre \(Int(box.x)),\(Int(box.y))  "
                    + "size \(Int(box.width))x\(Int(box.height))")
        }
        return lines.joined(separator: "\n")
    }
}

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds / 1_000_000_000_000) / 1000
    }
}
