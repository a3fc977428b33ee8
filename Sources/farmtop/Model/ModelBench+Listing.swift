import Detector
import Farm
import Text

extension ModelBench {
    var listing: Listing { Listing(text: text, json: json) }

    private var text: String {
        var table = Table("LAYER#", "TYPE", "DETAIL", "METHOD", "GFLOP#", "MS#", "GFLOP/S#", "OF PEAK#")
        for layer in layers where layer.milliseconds > 0 {
            let isCounted = layer.layer.gflop > 0
            table.add(
                "\(layer.layer.index)", layer.layer.type, layer.layer.detail, layer.layer.method,
                isCounted ? decimals(layer.layer.gflop, 4) : "", decimals(layer.milliseconds, 3),
                isCounted ? decimals(layer.gigaflops, 1) : "",
                isCounted ? percent(share(of: layer)) : "")
        }
        var parts = Table("PART", "MEDIAN MS#", "P99 MS#")
        for (name, part) in namedParts { parts.add(name, decimals(part.median, 2), decimals(part.p99, 2)) }
        let megabytes = { (bytes: Int) in decimals(Double(bytes) / 1e6, 1) }
        return """
            \(printable(model.name))  input \(model.inputWidth)x\(model.inputHeight)  \(decimals(model.gflop, 2)) GFLOP  \
            \(instructions.name)  \(model.precision.rawValue)  \(threads) thread\(threads == 1 ? "" : "s")  \(frames) frames

            \(table.text)

            \(methodTable.text)

            \(parts.text)

            \(decimals(model.gflop / network.median * 1e3, 1)) GFLOP/s; one core reaches \(decimals(peakGigaflops, 1)) \
            with multiply-adds of floats alone. Winograd needs 2.25 to 4 times fewer
            multiplications than are counted, and bfloat16 does two in place of one, so their share of the peak may pass 100 %.
            Memory: weights \(megabytes(weightBytes)) MB, working \(megabytes(workingBytes)) MB, \
            whole process at most \(megabytes(peakResidentBytes)) MB.\(sideBySideText)
            """
    }

    private var sideBySideText: String {
        guard let sideBySide else { return "" }
        let count = sideBySide.framesAtOnce
        return """

            Side by side, \(count) frame\(count == 1 ? "" : "s") at the same time, a thread each: \
            \(decimals(sideBySide.frame.median, 2)) ms a frame (p99 \(decimals(sideBySide.frame.p99, 2))), \
            \(decimals(sideBySide.framesPerSecond, 1)) frames a second.
            """
    }

    /// Where the time goes, the most expensive first.
    private var methodTable: Table {
        var table = Table("METHOD", "LAYERS#", "MS#", "OF ALL#", "GFLOP/S#", "OF PEAK#")
        let all = layers.reduce(0) { $0 + $1.milliseconds }
        let groups = Dictionary(grouping: layers.filter { $0.milliseconds > 0 }) { layer in
            layer.layer.method.isEmpty ? "moves and sums" : layer.layer.method
        }
        func time(_ layers: [Layer]) -> Double { layers.reduce(0) { $0 + $1.milliseconds } }
        for (method, members) in groups.sorted(by: { time($0.value) > time($1.value) }) {
            let milliseconds = time(members)
            let rate = members.reduce(0) { $0 + $1.layer.gflop } / milliseconds * 1e3
            table.add(
                method, "\(members.count)", decimals(milliseconds, 2), percent(milliseconds / all),
                rate > 0 ? decimals(rate, 1) : "", rate > 0 ? percent(rate / peakGigaflops) : "")
        }
        return table
    }

    private func percent(_ share: Double) -> String { "\(decimals(share * 100, 0)) %" }

    private var namedParts: [(String, Part)] {
        [
            ("decode", decode), ("resize", resize), ("network", network), ("network, processor", networkProcessor),
            ("boxes", boxes), ("whole frame", total),
        ]
    }

    private var json: JSONText {
        func part(_ part: Part) -> JSONText { .object([("median", .number(part.median)), ("p99", .number(part.p99))]) }
        var members: [(String, JSONText)] = [
            ("network", .string(model.name)), ("input_width", .integer(Int64(model.inputWidth))),
            ("input_height", .integer(Int64(model.inputHeight))), ("gflop", .number(model.gflop)),
            ("instructions", .string(instructions.rawValue)), ("precision", .string(model.precision.rawValue)),
            ("threads", .integer(Int64(threads))),
            ("frames", .integer(Int64(frames))), ("median_ms", .number(network.median)),
            ("p99_ms", .number(network.p99)), ("processor_ms", .number(networkProcessor.median)),
            ("peak_rss_mb", .number(Double(peakResidentBytes) / 1e6)),
            ("weights_mb", .number(Double(weightBytes) / 1e6)), ("working_mb", .number(Double(workingBytes) / 1e6)),
            ("peak_gflops", .number(peakGigaflops)),
            (
                "parts_ms",
                .object([
                    ("decode", part(decode)), ("resize", part(resize)), ("network", part(network)),
                    ("boxes", part(boxes)), ("total", part(total)),
                ])
            ),
            (
                "layers",
                .list(
                    layers.map { layer in
                        .object([
                            ("index", .integer(Int64(layer.layer.index))), ("type", .string(layer.layer.type)),
                            ("method", .string(layer.layer.method)), ("gflop", .number(layer.layer.gflop)),
                            ("ms", .number(layer.milliseconds)), ("gflops", .number(layer.gigaflops)),
                            ("share_of_peak", .number(share(of: layer))),
                        ])
                    })
            ),
        ]
        if let sideBySide {
            members.append(
                (
                    "side_by_side",
                    .object([
                        ("frames_at_once", .integer(Int64(sideBySide.framesAtOnce))),
                        ("frames", .integer(Int64(sideBySide.frames))),
                        ("frames_per_second", .number(sideBySide.framesPerSecond)),
                        ("frame_ms", part(sideBySide.frame)),
                    ])
                ))
        }
        return .object(members)
    }
}
