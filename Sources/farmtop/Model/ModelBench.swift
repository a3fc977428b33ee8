import Detector
import Farm
import Glibc
import Imaging

/// What a network costs on this machine, frame by frame from JPEG to boxes.
struct ModelBench {
    struct Layer: Equatable {
        var layer: LayerDescription
        /// Median, of all threads together. A sum that is fused into the convolution before it has no time of its own: 0.
        var milliseconds: Double

        /// The rate of one core.
        var gigaflops: Double { milliseconds > 0 ? layer.gflop / milliseconds * 1e3 : 0 }
    }
    /// Median and 99th percentile of one part of a frame's way. Unit: milliseconds.
    struct Part: Equatable {
        var median: Double
        var p99: Double

        init(_ times: [Double]) {
            median = Self.quantile(times, 0.5)
            p99 = Self.quantile(times, 0.99)
        }

        /// The nearest rank.
        static func quantile(_ times: [Double], _ share: Double) -> Double {
            guard !times.isEmpty else { return 0 }
            let rank = (Double(times.count) * share).rounded(.up)
            return times.sorted()[max(0, min(times.count, Int(rank)) - 1)]
        }
    }

    var model: ModelDescription
    var instructions: InstructionSet
    var threads: Int
    var frames: Int
    /// What one core reaches with multiply-adds of floats in registers alone, measured before and after the frames; the higher.
    var peakGigaflops: Double
    var layers: [Layer]
    var decode: Part
    var resize: Part
    var network: Part
    /// Processor time of the network, all threads together.
    var networkProcessor: Part
    var boxes: Part
    var total: Part
    var weightBytes: Int
    var workingBytes: Int
    /// The highest that this process has held.
    var peakResidentBytes: Int
    /// Measured besides, where somebody asks.
    var sideBySide: SideBySideBench?

    /// - Parameters:
    ///   - jpeg: decoded anew for each frame.
    ///   - frames: measured, after three that are not.
    init(_ detector: NetworkDetector, jpeg: [UInt8], frames: Int) throws(FrameError) {
        var peak = detector.instructions.measurePeakGFLOPS()
        var decodes: [Double] = []
        var timings: [FrameTiming] = []
        let clock = ContinuousClock()
        for frame in 0..<frames + 3 {
            let start = clock.now
            let pixels = try JPEG.decode(jpeg).pixels
            let decoded = clock.now
            let timing = detector.measure(pixels).timing
            guard frame >= 3 else { continue }
            decodes.append((decoded - start).milliseconds)
            timings.append(timing)
        }
        peak = max(peak, detector.instructions.measurePeakGFLOPS())
        model = detector.network.model
        instructions = detector.instructions
        threads = detector.threads
        self.frames = frames
        peakGigaflops = peak
        layers = detector.network.layers.map { layer in
            Layer(
                layer: layer,
                milliseconds: Part(timings.compactMap { $0.milliseconds(ofLayer: layer.index) }).median)
        }
        decode = Part(decodes)
        resize = Part(timings.map(\.resize))
        network = Part(timings.map(\.network))
        networkProcessor = Part(timings.map(\.networkProcessor))
        boxes = Part(timings.map(\.boxes))
        total = Part(zip(decodes, timings).map { $0 + $1.total })
        weightBytes = detector.network.weightBytes
        workingBytes = detector.workingBytes
        peakResidentBytes = Self.peakResidentBytes()
    }

    /// A layer's rate as a share of what a core could reach.
    func share(of layer: Layer) -> Double {
        peakGigaflops > 0 ? layer.gigaflops / peakGigaflops : 0
    }

    private static func peakResidentBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}

extension FrameTiming {
    fileprivate func milliseconds(ofLayer index: Int) -> Double? { layers.first { $0.layer == index }?.milliseconds }
}
