import Foundation
import TestSupport

@testable import Detector

/// Files of `Golden/`, see its README.
enum Golden {
    static func url(_ path: String) -> URL { TestFiles.inTests("DetectorTests/Golden/\(path)") }

    static func bytes(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(path))) }

    static func floats(_ path: String) throws -> [Float] {
        let bytes = try bytes(path)
        return stride(from: 0, to: bytes.count, by: 4).map { at in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
        }
    }

    static func rows(_ path: String) throws -> [[Double]] {
        try String(contentsOf: url(path), encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
    }

    static func darknetGraph() throws -> NetworkGraph {
        let cfg = try String(contentsOf: url("darknet/golden.cfg"), encoding: .utf8)
        return try NetworkGraph(DarknetConfig(cfg, model: "golden"))
    }
    static func darknet(threads: Int = 1) throws -> Network {
        let cfg = try String(contentsOf: url("darknet/golden.cfg"), encoding: .utf8)
        return try Network(
            cfg: cfg, weights: .file(url("darknet/golden.weights").path), name: "golden", threads: threads)
    }
}

/// The largest difference; infinite when the counts differ or something is not a number.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    var largest: Float = 0
    for (x, y) in zip(a, b) {
        let difference = abs(x - y)
        if !(difference <= largest) { largest = difference.isNaN ? .infinity : difference }
    }
    return largest
}
