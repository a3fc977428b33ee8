import CModel
import Crypto
import Detector
import Farm
import FarmConfiguration
import Foundation
import Imaging
import Text

/// Which network to use: the one inside the program, or files.
struct ModelSource: Equatable, Sendable {
    /// Empty: the one inside.
    var cfgPath: String
    /// Empty: as the cfg, with `.weights`.
    var weightsPath: String
    var choice = PrecisionChoice.auto
    /// Where it is remembered which precision is the faster one here; nil: nothing is measured.
    var measurementFile: String?

    /// As asked for, and where that is left to the machine, as it was measured.
    var precision: Precision {
        guard isMeasured, let measurement else { return choice.precision(isBundled: cfgPath.isEmpty) }
        return measurement.fastest
    }

    /// Which precision is faster decides.
    private var isMeasured: Bool { choice == .auto && cfgPath.isEmpty && Precision.available.count > 1 }

    /// What was measured here of the model inside the program; nil when nothing was.
    var measurement: PrecisionMeasurement? {
        guard let found = measurementFile.flatMap({ PrecisionMeasurement.remembered(in: $0) }), found.model == name,
            found.layers == Self.bundledLayers
        else { return nil }
        return found
    }

    /// - Parameter calibration: of this source, where the number is asked for; nil leaves the digest out.
    func load(
        threads: Int = NetworkDetector.defaultThreads, calibration: ModelCalibration? = nil
    ) throws -> Network {
        guard !cfgPath.isEmpty else { return try bundled(threads: threads, precision, calibration) }
        guard let cfg = String(validating: try NamedFile(cfgPath).contents(), as: UTF8.self) else {
            throw CommandFailure.failed("\(printable(cfgPath)) is not text. A Darknet cfg is.")
        }
        try NamedFile(weightsFile).require()
        return try Network(
            cfg: cfg, weights: .file(weightsFile), name: name, threads: threads, precision: precision,
            digest: calibration?.digest ?? "", isCalibrated: calibration?.table != nil)
    }

    /// The file's name, without folder and ending.
    var name: String {
        cfgPath.isEmpty
            ? String(cString: farmtop_model_name()) : base.split(separator: "/").last.map(String.init) ?? base
    }

    var weightsFile: String { weightsPath.isEmpty ? base + ".weights" : weightsPath }

    private var base: String { cfgPath.hasSuffix(".cfg") ? String(cfgPath.dropLast(4)) : cfgPath }

    /// Which precision is faster decides, and nobody has looked yet.
    var needsMeasurement: Bool { isMeasured && measurementFile != nil && measurement == nil }

    /// Loads the network in both precisions, measures, and remembers.
    func measure() throws {
        guard let measurementFile else { return }
        try PrecisionMeasurement.measure(
            Precision.available.map { try bundled(threads: 1, $0) }, layers: Self.bundledLayers
        ).remember(in: measurementFile)
    }

    private static var bundledCfg: UnsafeRawBufferPointer {
        var count = 0
        let start = farmtop_model_cfg(&count)
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// Changes when the network inside has other layers or another input, which take another time.
    private static var bundledLayers: String {
        Hexadecimal.text(SHA256.hash(data: bundledCfg))
    }

    private func bundled(
        threads: Int, _ precision: Precision, _ calibration: ModelCalibration? = nil
    ) throws -> Network {
        var weightsCount = 0
        guard let weights = farmtop_model_weights(&weightsCount) else {
            throw CommandFailure.failed("This farmtop was built without a model. Give one with --model.")
        }
        return try Network(
            cfg: String(decoding: Self.bundledCfg, as: UTF8.self), weights: .embedded(weights, count: weightsCount),
            name: name, threads: threads, precision: precision, digest: calibration?.digest ?? "",
            isCalibrated: calibration?.table != nil)
    }
}

extension Settings {
    /// The configured one, else the installed one, else the one inside the program.
    func modelSource() throws(ConfigurationError) -> ModelSource {
        let choice = configuration.detector.precision
        if configuration.detector.model.isEmpty, var installed = InstalledModel(dataFolder: try dataFolder()).source {
            installed.choice = choice
            return installed
        }
        return ModelSource(
            cfgPath: try paths.expanded(configuration.detector.model),
            weightsPath: try paths.expanded(configuration.detector.weights), choice: choice,
            measurementFile: try dataFolder() + "/precision.json")
    }

    /// The detector with the queue before it, as configured, and what its scores mean.
    func detectorQueue() throws -> (queue: DetectorQueue, calibration: ModelCalibration) {
        let detector = configuration.detector
        let threads = detector.threads == 0 ? NetworkDetector.defaultThreads : Int(detector.threads)
        let source = try modelSource()
        // The digest first: loading lets go of the pages that it read.
        let calibration = try source.calibration()
        let network = try source.load(threads: threads, calibration: calibration)
        var limits = DetectorQueue.Limits()
        limits.frames = Int(detector.queueFrames)
        limits.framesOfOnePrinter = Int(detector.queueFramesPerPrinter)
        limits.bytes = Int(configuration.server.bytesInFlightMebibytes) << 20
        let queue = try DetectorQueue(
            network, threads: DetectorQueue.threadsOfEach(threads, workingBytes: network.workingBytes), limits: limits)
        return (queue, calibration)
    }
}

extension DetectorQueue {
    /// Bytes that the working memory of frames computed at the same time may take.
    private static let workingMemory = 128 << 20

    /// How threads are dealt out to frames that are computed at the same time. Frames side by side never wait for each other,
    /// while threads on one frame read what another core has just written; but each costs its working memory.
    /// - Parameter workingBytes: of one frame.
    static func threadsOfEach(_ threads: Int, workingBytes: Int) -> [Int] {
        let sideBySide = max(1, min(threads, workingMemory / max(1, workingBytes)))
        return (0..<sideBySide).map { (threads + $0) / sideBySide }
    }

    /// A queue of JPEGs.
    /// - Parameter threads: of each frame that is computed at the same time as others.
    convenience init(
        _ network: Network, threads: [Int], instructions: InstructionSet = .best, limits: Limits = Limits()
    ) throws(ModelError) {
        var detectors: [NetworkDetector] = []
        for count in threads {
            detectors.append(try NetworkDetector(network: network, threads: count, instructions: instructions))
        }
        self.init(detectors: detectors, limits: limits)
    }
}
