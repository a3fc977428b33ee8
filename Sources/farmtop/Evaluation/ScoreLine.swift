import FailureDetection
import Foundation

/// Lines of `eval --scores`: a JSON object each, in and out.
enum ScoreLine {
    /// What is wrong with a line.
    struct Fault: Error, Equatable {
        var reason: String
    }

    /// What a line may hold; `onset` and others are the reader's alone.
    private struct Entry: Decodable {
        var name: String
        var interval: Double?
        var p: [Double]
        var before: [[Double]]?

        enum CodingKeys: String, CodingKey {
            case name, p, before
            case interval = "interval_s"
        }
    }

    /// All lines that hold something, with their numbers from 1.
    static func lines(_ bytes: Data) -> [(number: Int, bytes: Data)] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\t") }
                ? nil : (index + 1, Data(line))
        }
    }

    static func sequence(_ line: Data) throws(Fault) -> ScoreSequence {
        let entry: Entry
        do {
            entry = try JSONDecoder().decode(Entry.self, from: line)
        } catch {
            throw Fault(reason: reason(error))
        }
        let interval = entry.interval ?? 10
        guard interval > 0, interval <= 86_400 else { throw Fault(reason: "interval_s is more than 0, at most 86400.") }
        let before = entry.before ?? []
        guard ([entry.p] + before).allSatisfy({ $0.allSatisfy { $0.isFinite && $0 >= 0 } }) else {
            throw Fault(reason: "scores are 0 or more.")
        }
        return ScoreSequence(name: entry.name, interval: interval, scores: entry.p, before: before)
    }

    private static func reason(_ error: any Error) -> String {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, _): return "\"\(key.stringValue)\" is missing."
        case DecodingError.typeMismatch(let type, let context), DecodingError.valueNotFound(let type, let context):
            return "\(path(context)) is not a \(type)."
        default:
            return "not a JSON object such as {\"name\": \"a\", \"interval_s\": 10, \"p\": [0.1, 0.2]}."
        }
    }

    static func answer(_ sequence: ScoreSequence, _ replay: ScoreReplay) -> JSONText {
        func frame(_ number: Int?) -> JSONText { number.map { .integer(Int64($0)) } ?? .null }
        return .object([
            ("name", .string(sequence.name)), ("alert_at", frame(replay.alertAt)), ("pause_at", frame(replay.pauseAt)),
            (
                "failure_probability",
                .list(replay.failureProbability.map { .number(($0 * 1e6).rounded() / 1e6) })
            ),
        ])
    }
}
