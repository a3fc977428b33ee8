import Detector
import Farm
import Foundation

/// How long a frame takes here in each precision, measured once and remembered for this processor and model. That a
/// processor has an instruction does not say that it is fast: some compute bfloat16 at a quarter of the rate of float32.
struct PrecisionMeasurement: Codable, Equatable {
    var model: String
    /// SHA-256 of the cfg, in hexadecimal: its layers and the size of its input. Nil in what 0.2.0's first builds wrote.
    var layers: String?
    var parameters: Int
    /// As the system calls it.
    var processor: String
    /// The faster of two frames on one thread, by the name of the precision; those alone that this processor has. Unit: milliseconds.
    var milliseconds: [String: Double]

    /// The fastest of those that change no alert. int8 is left out: its scores rank pictures as well, but in simulated prints they raise a
    /// few alerts less.
    var fastest: Precision {
        [Precision.float32, .bfloat16].min { time($0) < time($1) } ?? .float32
    }

    private func time(_ precision: Precision) -> Double { milliseconds[precision.rawValue] ?? .infinity }

    var description: String {
        let times = Precision.allCases.compactMap { precision in
            milliseconds[precision.rawValue].map { "\(precision.rawValue) \(decimals($0, 1)) ms" }
        }
        return "Measured here: \(times.joined(separator: ", ")) a frame on one thread"
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

    /// Takes turns, so that what else the machine does meanwhile weighs on all.
    /// - Parameters:
    ///   - networks: the same one in each precision; at least one.
    ///   - layers: what they are known by.
    static func measure(_ networks: [Network], layers: String) throws -> PrecisionMeasurement {
        let model = networks[0].model
        let pixels = Pixels(
            width: model.inputWidth, height: model.inputHeight,
            bytes: Array(repeating: 127, count: model.inputWidth * model.inputHeight * 3))
        let detectors = try networks.map { try NetworkDetector(network: $0, threads: 1) }
        var best = detectors.map { _ in Double.infinity }
        // The first round touches the memory.
        for round in 0..<3 {
            for (index, detector) in detectors.enumerated() {
                let start = processorMilliseconds
                _ = detector.detect(pixels)
                if round > 0 { best[index] = min(best[index], processorMilliseconds - start) }
            }
        }
        return PrecisionMeasurement(
            model: model.name, layers: layers, parameters: model.parameters, processor: thisProcessor,
            milliseconds: Dictionary(
                zip(networks.map(\.model.precision.rawValue), best), uniquingKeysWith: { $1 }))
    }

    /// What this thread has computed so far: a machine that is busy with other work, as at its start, must not decide.
    private static var processorMilliseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) * 1e-6
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
