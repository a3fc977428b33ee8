import ArgumentParser
import Detector
import Farm
import Foundation
import Imaging

struct DetectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect", abstract: "Look for failures in JPEG files.",
        discussion: "Exit code 1 if any file could not be judged.")
    @Argument(help: "JPEG files.") var files: [String]
    @OptionGroup var model: ModelOptions
    @Option(help: "Where to write the picture with its boxes; of several files, the last.") var boxes: String?
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let detector = try NetworkDetector(network: model.source(options.settings()).load())
        var failed = false
        for file in files {
            do {
                let judged = try judge(file, detector)
                Console.out(options.isJSON ? judged.json.description : judged.text)
            } catch {
                failed = true
                let reason = CommandFailure(error)?.message ?? error.localizedDescription
                if options.isJSON {
                    Console.out(JSONText.object([("file", .string(file)), ("error", .string(reason))]).description)
                } else {
                    Console.error("\(printable(file)): \(reason)")
                }
            }
        }
        if failed { throw ExitCode(1) }
    }

    private func judge(_ file: String, _ detector: NetworkDetector) throws -> JudgedFile {
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        let clock = ContinuousClock()
        let start = clock.now
        let image = try JPEG.decode(bytes)
        let decoded = clock.now
        let detections = detector.detect(image.pixels)
        let end = clock.now
        if let boxes {
            try Data(JPEG.encode(image.pixels.drawing(detections))).write(to: URL(filePath: boxes))
        }
        return JudgedFile(
            file: file, width: image.pixels.width, height: image.pixels.height, detections: detections,
            damage: image.damage, decode: decoded - start, network: end - decoded)
    }
}

/// What the detector says of one file.
struct JudgedFile {
    var file: String
    var width: Int
    var height: Int
    var detections: [Detection]
    var damage: String?
    var decode: Duration
    var network: Duration

    var json: JSONText {
        .object([
            ("file", .string(file)), ("width", .integer(Int64(width))), ("height", .integer(Int64(height))),
            ("p", .number(min(1, detections.pSum))),
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
            "\(printable(file))  \(width)x\(height)  p \(twoDigits(min(1, detections.pSum)))  "
                + "decode \(oneDecimal(decode.milliseconds)) ms, network \(oneDecimal(network.milliseconds)) ms"
        ]
        if let damage { lines.append("  damaged: \(damage)") }
        for detection in detections {
            let box = detection.box
            lines.append(
                "  \(twoDigits(detection.confidence))  centre \(Int(box.x)),\(Int(box.y))  "
                    + "size \(Int(box.width))x\(Int(box.height))")
        }
        return lines.joined(separator: "\n")
    }
}

func oneDecimal(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }

extension Duration {
    var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds / 1_000_000_000_000) / 1000
    }
}
