import Farm

/// Prometheus' text format, version 0.0.4.
///
/// The numbers are read from the farm's state when somebody asks. What swift-metrics is told as things happen cannot be read back
/// from it, and it has no writer of this format.
struct MetricsText {
    enum Kind: String { case counter, gauge, histogram }
    typealias Label = (name: String, value: String)

    private(set) var text = ""

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some Numeric) {
        add(name, kind, help, [([], value)])
    }

    /// One value for each set of labels; nothing at all where there is none.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [Label], value: some Numeric)])
    {
        guard !samples.isEmpty else { return }
        begin(name, kind, help)
        for sample in samples { line(name, sample.labels, "\(sample.value)") }
    }

    mutating func add(_ name: String, _ help: String, _ samples: [(labels: [Label], value: DurationHistogram)]) {
        guard !samples.isEmpty else { return }
        begin(name, .histogram, help)
        for (labels, histogram) in samples {
            var below: Int64 = 0
            for (bound, count) in zip(histogram.bounds, histogram.counts) {
                below += count
                line(name + "_bucket", labels + [("le", "\(bound)")], "\(below)")
            }
            line(name + "_bucket", labels + [("le", "+Inf")], "\(histogram.count)")
            line(name + "_sum", labels, "\(histogram.sum)")
            line(name + "_count", labels, "\(histogram.count)")
        }
    }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: [Label], _ value: String) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",") + "}"
        }
        text += " \(value)\n"
    }

    private static func escaped(_ value: String) -> String {
        value.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
    }
}
