internal import Glibc

/// A camera that never was, with the prints in front of it: scores as real cameras give them. One scene that flickers, light that drifts, the
/// head in the way, and now and then a nest that grows.
///
/// Its parameters were set before any likelihood was fitted, after eight recordings and the scores of left-out photos, and stay as they
/// are: change them, and every figure in the model card must be measured anew.
public struct SimulatedCamera: Sendable {
    /// What the detector sees through it while a print is clean.
    public enum Kind: String, CaseIterable, Sendable {
        /// A webcam that shows nothing but a rare flicker.
        case quiet
        /// A dark chamber: quiet, and it sees less of a nest.
        case chamber
        /// On the print head, over a glossy bed: mean .15, without cause.
        case carriage
        /// A crowded bench, parts of which score most of the time.
        case cluttered
        /// Infrared: mean .2, one clean picture in six over .38.
        case infrared
        /// Quiet by day, infrared at night; both in one print.
        case dayAndNight = "day and night"
        /// Quiet; one print in three is articulated and scores more as it grows.
        case ornaments
        /// Quiet; in one print in six something is put down that scores for hours.
        case distractions
        /// Somebody moves it between prints: another scene.
        case moved
        /// Noisy in sunlight, quiet without: drifts over the hours.
        case sunlit
    }

    /// One print: scores, and from which frame on a failure is there; frames count from 1.
    public struct Print: Equatable, Sendable {
        /// `p_sum` of each frame.
        public var scores: [Double]
        /// Nil: the print does not fail.
        public var onset: Int?
    }

    /// Whether prints fail.
    public enum Failing: Sendable {
        /// One in twelve, one in seven of those from the first frame on, as the base rate of the reliability diagram.
        case sometimes
        case never
        /// Half an hour after the start at the earliest.
        case always
        case fromTheStart
    }

    /// Decides how its clean pictures score, print after print.
    public let kind: Kind
    private let nests: [LeftOutPhoto]
    private let distractions: [Double]
    private var random: SeededRandom
    private var level: Double

    /// - Parameter photos: those of the half that nothing was fitted on.
    public init(_ kind: Kind, photos: [LeftOutPhoto], seed: UInt64) {
        self.kind = kind
        random = SeededRandom(seed: seed)
        // Each source of nests as often as the others.
        let failing = Dictionary(grouping: photos.filter { $0.isFailing && !$0.isForFit }, by: \.source)
        let sources = failing.keys.sorted()
        var nests: [LeftOutPhoto] = []
        for _ in 0..<200 {
            guard let source = sources.randomElement(using: &random),
                let nest = failing[source]?.randomElement(using: &random)
            else { break }
            nests.append(nest)
        }
        self.nests = nests
        distractions = photos.filter { !$0.isFailing && !$0.isForFit && $0.score >= 0.08 }.map(\.score)
        level = 1
        level = exp(0.25 * random.normal())
    }

    /// The next print in front of it, 1 to 6 hours.
    /// - Parameters:
    ///   - interval: seconds between two pictures.
    ///   - hours: of another length.
    public mutating func print(interval: Double = 10, hours: Double? = nil, _ failing: Failing = .sometimes) -> Print {
        if kind == .moved, random.unit() < 0.3 { level = exp(0.6 * random.normal()) }
        let hours = hours ?? min(max(2.5 * exp(0.6 * random.normal()), 1), 6)
        let frames = max(1, Int(hours * 3600 / interval))
        var scene = Scene(self, hours: hours, &random)
        let onset = onset(frames, interval, failing)
        var nest = onset.map { Nest(at: $0, in: nests, dimmed: kind == .chamber ? 0.75 : 1, &random) }
        let scores = (1...frames).map { frame in
            let hour = Double(frame) * interval / 3600
            let clean = scene.score(at: hour, interval, &random)
            return clean + (nest?.score(at: frame, interval, &random) ?? 0)
        }
        return Print(scores: scores, onset: onset)
    }

    private mutating func onset(_ frames: Int, _ interval: Double, _ failing: Failing) -> Int? {
        let later = min(Int(1800 / interval), frames / 2) + 1
        switch failing {
        case .never: return nil
        case .fromTheStart: return 1
        case .always: return Int.random(in: later...max(later, frames - Int(1800 / interval)), using: &random)
        case .sometimes:
            let chance = random.unit()
            guard chance < 1.0 / 12 else { return nil }
            return chance < 1.0 / 84 ? 1 : Int.random(in: 1...frames, using: &random)
        }
    }

    /// What a clean print scores.
    private struct Scene {
        let kind: Kind
        let level: Double
        let distraction: Double
        let distractionHours: ClosedRange<Double>
        let dusk: Double
        let phase: Double
        let ornament: Double
        let hours: Double
        var slow = 0.0

        init(_ camera: SimulatedCamera, hours: Double, _ random: inout SeededRandom) {
            (kind, level, self.hours) = (camera.kind, camera.level, hours)
            let isDistracted = camera.kind == .distractions && random.unit() < 1.0 / 6
            distraction = isDistracted ? camera.distractions.randomElement(using: &random) ?? 0.2 : 0
            let start = random.unit() * hours
            distractionHours = start...(start + 0.5 + 2 * random.unit())
            dusk = random.unit() * 12 - 3
            phase = random.unit() * 2 * Double.pi
            ornament = camera.kind == .ornaments && random.unit() < 1.0 / 3 ? 0.05 + 0.3 * random.unit() : 0
            slow = random.normal()
        }

        mutating func score(at hour: Double, _ interval: Double, _ random: inout SeededRandom) -> Double {
            let memory = exp(-interval / 60)
            slow = memory * slow + (1 - memory * memory).squareRoot() * random.normal()
            let fast = random.normal()
            let raw: Double =
                switch kind {
                case .quiet, .chamber, .distractions, .moved:
                    quiet(fast, &random) + (kind == .moved ? 0.08 * level * exp(0.5 * slow) : 0)
                        + (distractionHours.contains(hour) ? distraction * exp(0.15 * slow) * (1 + 0.15 * fast) : 0)
                case .carriage: level * 0.15 * exp(0.45 * slow) + 0.14 * fast
                case .cluttered: random.unit() < 0.7 ? level * 0.16 * exp(0.3 * slow) * (1 + 0.25 * fast) : 0
                case .infrared: level * 0.19 * exp(0.4 * slow) + 0.17 * fast
                case .dayAndNight:
                    hour > dusk && hour < dusk + 8
                        ? level * 0.14 * exp(0.4 * slow) + 0.13 * fast : quiet(fast, &random)
                case .ornaments: quiet(fast, &random) + ornament * hour / hours * exp(0.25 * slow) * (1 + 0.2 * fast)
                case .sunlit:
                    level * 0.1 * (1 + sin(hour * 0.8 + phase)) * exp(0.4 * slow) + 0.06 * fast
                }
            return raw < 0.08 ? 0 : raw
        }

        private func quiet(_ fast: Double, _ random: inout SeededRandom) -> Double {
            random.unit() < 0.05 * level ? 0.1 + 0.05 * abs(fast) : 0
        }
    }

    /// A nest that grows to 5 to 15 % of the picture's width, with the head in front of it now and then.
    private struct Nest {
        let photo: LeftOutPhoto
        let onset: Int
        let width: Double
        let minutes: Double
        let dimmed: Double
        var slow = 0.0
        var isHidden = false

        init(at onset: Int, in nests: [LeftOutPhoto], dimmed: Double, _ random: inout SeededRandom) {
            photo =
                nests.randomElement(using: &random)
                ?? LeftOutPhoto(source: "", isFailing: true, isForFit: false, score: 0, shrunk: [])
            self.onset = onset
            self.dimmed = dimmed
            width = 0.05 + 0.1 * random.unit()
            minutes = 3 + 27 * random.unit()
        }

        mutating func score(at frame: Int, _ interval: Double, _ random: inout SeededRandom) -> Double {
            guard frame >= onset else { return 0 }
            let memory = exp(-interval / 60)
            slow = memory * slow + (1 - memory * memory).squareRoot() * random.normal()
            // Hidden for 20 s at a time, a seventh of the time.
            let turns = 1 - exp(-interval / (isHidden ? 20 : 120))
            if random.unit() < turns { isHidden.toggle() }
            let age = Double(frame - onset + 1) * interval / 60
            let grown = 0.03 + (width - 0.03) * pow(min(1, age / minutes), 0.7)
            let raw = photo.score(width: grown) * dimmed * exp(0.2 * slow) * (1 + 0.2 * random.normal())
            return isHidden || raw < 0.08 ? 0 : raw
        }
    }
}
