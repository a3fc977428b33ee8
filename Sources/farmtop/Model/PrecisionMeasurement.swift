import Detector
import Farm
import Foundation

/// How long a frame takes here in each precision, measured once and remembered for this processor and model. That a
/// processor has an instruction does not say that it is fast: some compute bfloat16 at a quarter of the rate of float32.
struct PrecisionMeasurement: Codable, Equatable {
    var model: String
    var parameters: Int
    /// As the system calls it.
    var processor: String
    /// The faster of two frames on one thread. Unit: milliseconds.
    var float32: Double
    var bfloat16: Double

    var fastest: Precision { bfloat16 < float32 ? .bfloat16 : .float32 }

    var description: String {
        "Measured here: float32 \(decimals(float32, 1)) ms, bfloat16 \(decimals(bfloat16, 1)) ms a frame on one thread"
    }

    /// Nil when nothing was measured, or on another processor.
    static func remembered(in file: String) -> PrecisionMeasurement? {
        guard let data = FileManager.default.contents(atPath: file),
            let measurement = try? JSONDecoder().decode(Self.self, from: data), measurement.processor == thisProcessor
        else { return nil }
        return measurement
    }

    /// A file that cannot be written is measured for again.
    func remember(in file: String) {
        guard let data = try? JSONEncoder().encode(self) else { return }
        _ = FileManager.default.createFile(atPath: file, contents: data, attributes: [.posixPermissions: 0o600])
    }

    /// Takes turns, so that what else the machine does meanwhile weighs on both.
    static func measure(float32: Network, bfloat16: Network) throws(ModelError) -> PrecisionMeasurement {
        let model = float32.model
        let pixels = Pixels(
            width: model.inputWidth, height: model.inputHeight,
            bytes: Array(repeating: 127, count: model.inputWidth * model.inputHeight * 3))
        let detectors = [
            try NetworkDetector(network: float32, threads: 1), try NetworkDetector(network: bfloat16, threads: 1),
        ]
        var best = [Double.infinity, .infinity]
        // The first round touches the memory.
        for round in 0..<3 {
            for (index, detector) in detectors.enumerated() {
                let duration = ContinuousClock().measure { _ = detector.detect(pixels) }
                if round > 0 { best[index] = min(best[index], duration.inMilliseconds) }
            }
        }
        return PrecisionMeasurement(
            model: model.name, parameters: model.parameters, processor: thisProcessor, float32: best[0],
            bfloat16: best[1])
    }

    /// The first name in /proc/cpuinfo.
    private static var thisProcessor: String {
        let info =
            FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let line = info.split(separator: "\n").first { $0.hasPrefix("model name") } ?? ""
        return line.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? ""
    }
}

extension Duration {
    fileprivate var inMilliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
