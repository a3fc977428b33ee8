internal import Text

/// Whether the bed is clear, as far as a picture can tell.
public enum BedState: String, CaseIterable, Sendable, Codable {
    case clear
    case occupied
    /// In doubt: a person looks.
    case cannotTell = "cannot_tell"
}

/// Why a picture cannot tell.
public enum BedDoubt: String, CaseIterable, Sendable, Codable {
    /// Nobody has looked since the start, or since the last print began.
    case notChecked = "not_checked"
    /// farmtop reads no camera of this printer.
    case noCamera = "no_camera"
    case noPicture = "no_picture"
    /// No picture of the empty bed is kept.
    case noReference = "no_reference"
    case printing
    case dark
    case overexposed
    /// The light is too different from that of the kept pictures.
    case otherLight = "other_light"
    /// Too little to be seen: a bed of one colour, or a blurred picture.
    case plain
    /// The camera, or nearly all that it sees, was moved.
    case moved
    /// Something may have changed, and it is too little to be sure.
    case unsure
}

/// What comparing a picture with those of the empty bed found.
public struct BedFinding: Equatable, Sendable, Codable {
    /// Where it cannot tell, `doubt` says why.
    public var state: BedState
    /// Nil unless it cannot tell.
    public var doubt: BedDoubt?
    /// What differs, largest first, in pixels of the picture; how surely as the confidence.
    public var differences: [Detection]
    /// In other words than farmtop's: why there is no picture.
    public var detail: String?

    public init(state: BedState, doubt: BedDoubt? = nil, differences: [Detection] = [], detail: String? = nil) {
        self.state = state
        self.doubt = doubt
        self.differences = differences
        self.detail = detail
    }

    /// No doubt, and nothing that differs.
    public static let clear = BedFinding(state: .clear)
    /// What is said in doubt.
    /// - Parameter differences: what was seen all the same.
    public static func cannotTell(_ doubt: BedDoubt, _ differences: [Detection] = []) -> BedFinding {
        BedFinding(state: .cannotTell, doubt: doubt, differences: differences)
    }
}

extension BedFinding {
    /// For a person: a sentence, and in doubt what to do.
    public var sentence: String {
        switch state {
        case .clear: "The bed looks clear."
        case .occupied:
            switch differences.count {
            // As a farm elsewhere tells it: without the places.
            case 0: "The bed is not clear: something is not as on the empty bed."
            case 1: "The bed is not clear: one place is not as on the empty bed."
            default: "The bed is not clear: \(differences.count) places are not as on the empty bed."
            }
        case .cannotTell: "The camera cannot tell whether the bed is clear: \(reason)."
        }
    }

    private var reason: String {
        switch doubt {
        case .notChecked, nil: "nobody has looked yet"
        case .noCamera: "farmtop reads no camera of this printer"
        case .noPicture: detail.map { "no picture came (\($0.withoutFullStop))" } ?? "no picture came"
        case .noReference: "no picture of the empty bed is kept"
        case .printing: "the printer is printing"
        case .dark: "the picture is too dark"
        case .overexposed: "the picture is over-exposed"
        case .otherLight: "the light is too different from that of the kept picture"
        case .plain: "there is too little to see in the picture"
        case .moved: "the camera was moved, or nearly everything looks different"
        case .unsure: "something may have changed, and it is too faint to be sure"
        }
    }
}
