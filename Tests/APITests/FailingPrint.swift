import FailureDetection
import Farm
import FarmService
import Foundation
import TestSupport
import Testing

/// Loose strands, plainly seen.
let strands = [Detection(confidence: 0.9, box: BoundingBox(x: 100, y: 100, width: 60, height: 60))]

/// A farm with one printer whose print fails in front of its camera.
struct FailingPrint {
    let farm: FarmFixture
    let clock = TestClock()
    static let path = "/api/v1/printers/1/"

    /// - Parameter failing: frames with strands before the clean ones.
    init(failing: Int = 600) async throws {
        // With the likelihoods of the bundled network: without them the number follows the rule of 0.1.
        let table = TestFiles.root.appending(path: "Sources/CModel/Model/farmtop-spaghetti.likelihoods")
        farm = try await FarmFixture(
            detections: Array(repeating: strands, count: failing),
            failureModel: FailureModel(likelihoods: LikelihoodTable(text: Data(contentsOf: table))), clock: clock)
    }

    func run(_ test: @Sendable @escaping (App) async throws -> Void) async throws {
        try await farm.run(.router) { app in
            _ = try await app.addPrinter()
            _ = try await app.start(1, "benchy.gcode")
            try await test(app)
        }
    }

    /// What predict answers.
    struct Answer: Sendable {
        var alert: Bool
        var alertStanding: Bool
        var pauseRequested: Bool
        var failureProbability: Double
    }

    /// Sends a frame, 10 seconds after the one before.
    func frame(_ app: App) async throws -> Answer {
        clock.advance(.seconds(10))
        let answer = try await app.predict(1, picture(at: clock.now)).object
        return Answer(
            alert: answer.flag("alert"), alertStanding: answer.flag("alert_standing"),
            pauseRequested: answer.flag("pause_requested"), failureProbability: answer.number("failure_probability"))
    }

    /// Sends frames until one is answered as wanted.
    func frames(
        _ app: App, until isWanted: @Sendable (Answer) -> Bool, _ location: SourceLocation = #_sourceLocation
    ) async throws -> [Answer] {
        var answers: [Answer] = []
        for _ in 0..<300 {
            let answer = try await frame(app)
            answers.append(answer)
            if isWanted(answer) { return answers }
        }
        Issue.record("no answer of 300 was the one", sourceLocation: location)
        return answers
    }

    func printer(_ app: App) async throws -> [String: Any] { try await app.get(Self.path).object }

    func print(_ app: App) async throws -> [String: Any] { try await app.get("/api/v1/prints/1/").object }

    /// The types of all events, the newest first.
    func events(_ app: App) async throws -> [String] {
        let all = FarmEvent.Kind.allCases.map { "filter_by_types[]=\($0.rawValue)" }.joined(separator: "&")
        return try await app.get("/api/v1/printer_events/?limit=100&\(all)").list.compactMap {
            $0["event_type"] as? String
        }
    }
}

extension [String: Any] {
    func flag(_ name: String) -> Bool { self[name] as? Bool ?? false }
    func text(_ name: String) -> String { self[name] as? String ?? "" }
    func number(_ name: String) -> Double { self[name] as? Double ?? .nan }
    func isNull(_ name: String) -> Bool { self[name].map { "\($0)" == "<null>" } ?? false }
}
