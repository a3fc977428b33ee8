internal import Farm

/// The one thing about a printer that matters most: it gives the row its sign and colour, and the header its counts.
enum Headline: Hashable, Sendable {
    case machine(MachineWord)
    case camera(CameraState)
    /// The pictures are clear again, and nobody has answered the alert.
    case alert

    /// Worst first, as the list is ordered.
    static let all: [Headline] =
        [
            .machine(.notPaused), .machine(.attention), .machine(.error), .camera(.failing), .machine(.asked), .alert,
            .machine(.offline), .camera(.stale), .camera(.frozen), .camera(.black), .camera(.watch),
        ]
        + [
            .pausing, .paused, .resuming, .finishing, .printing, .failed, .cancelled, .replaced, .unknown, .done,
            .notHeard,
            .idle,
        ].map(Headline.machine)

    /// So many of them, from the first on, want a person's eye.
    static let troubles = 11

    init(_ snapshot: PrinterSnapshot) {
        let word = snapshot.machineWord
        let machine = Headline.machine(word)
        guard snapshot.openPrint != nil else {
            self = machine
            return
        }
        let camera = snapshot.states.camera
        switch word {
        case .notPaused, .attention, .error: self = machine
        case _ where camera == .failing: self = .camera(.failing)
        case .asked: self = machine
        case _ where snapshot.alert == .standing: self = .alert
        case .offline: self = machine
        case _ where camera == .watch || camera.isBlind: self = .camera(camera)
        default: self = machine
        }
    }

    var sign: Grapheme {
        switch self {
        case .machine(let word): word.sign
        case .camera(let state): state.sign
        case .alert: "!"
        }
    }

    var role: Role {
        switch self {
        case .machine(let word): word.role
        case .camera(let state): state.role
        case .alert: .failing
        }
    }

    /// Behind a number: in capitals where somebody should look at once.
    var counted: String {
        switch self {
        case .machine(.notPaused): MachineWord.notPaused.rawValue
        case .machine(let word): word.rawValue.lowercased()
        case .camera(let state): state.word.description
        case .alert: "alert"
        }
    }
}
