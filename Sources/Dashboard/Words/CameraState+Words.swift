internal import Farm

extension CameraState {
    /// What the camera's column says.
    var word: StaticString {
        switch self {
        case .off: "off"
        case .noPicture: "no pic"
        case .ok: "ok"
        case .watch: "watch"
        case .failing: "FAILING"
        case .stale: "stale"
        case .frozen: "frozen"
        case .black: "black"
        }
    }

    /// Where no picture is to come, as nothing takes any, that is the word.
    func word(hasNoCamera: Bool) -> StaticString { self == .noPicture && hasNoCamera ? "no cam" : word }

    var sign: Grapheme {
        switch self {
        case .off, .noPicture: "·"
        case .ok: ">"
        case .watch: "?"
        case .failing: "!"
        case .stale, .frozen, .black: "~"
        }
    }

    var role: Role {
        switch self {
        case .off, .noPicture: .dim
        case .ok: .printing
        case .watch: .warning
        case .failing: .failing
        case .stale, .frozen, .black: .stale
        }
    }

}

extension AlertState {
    /// Stands beside the camera's word; nil without an alert. ASCII.
    var sign: Character? {
        switch self {
        case .none: nil
        case .standing: "!"
        case .acknowledged: "a"
        case .dismissed: "n"
        }
    }

    var role: Role {
        switch self {
        case .none, .dismissed: .dim
        case .standing: .failing
        case .acknowledged: .warning
        }
    }
}
