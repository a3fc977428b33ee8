internal import Farm
import Text

/// Leads from the kind of a machine to a printer that is connected to it, one question at a time. It knows no farm: what is to
/// be asked of one comes out as requests, and the answers come in.
struct ConnectWizard: Equatable, Sendable {
    enum Goal: Equatable, Sendable {
        case newPrinter(accounts: [String])
        /// - Parameters:
        ///   - old: the machine that is there already.
        ///   - camera: the one that judges, if farmtop reads one.
        case change(PrinterID, name: String, old: LinkSettings?, camera: CameraSnapshot?)
    }
    enum Step: Int, Sendable {
        case kind, address, key
        /// Somebody has to press Allow in OctoPrint.
        case allow
        case testing
        /// A person compares the certificate of an https server.
        case certificate
        case found, details, saving
    }
    enum Request: Equatable, Sendable {
        case perform(FarmAction)
        /// Makes pixels of the picture of a camera, counted from 0.
        case decode(camera: Int, jpeg: [UInt8])
    }
    enum Outcome: Equatable, Sendable {
        case goesOn([Request])
        /// Left before the end; what was typed may be gone on with.
        case left([FarmAction])
        /// - Parameter made: the printer, to be selected.
        case done(String, made: PrinterID?)

        static let stays = Self.goesOn([])
    }
    /// How the machine's server is opened.
    enum KeyWay: Equatable, Sendable {
        case keep, allow, none, typed
    }
    /// Whose certificate is asked about.
    enum CertificateOwner: Equatable, Sendable {
        case server
        case camera(Int)
    }

    let goal: Goal
    var step = Step.kind
    var kind = LinkKind.octoprint
    var address = TextField("", longest: 2000)
    var way = KeyWay.allow
    var user = TextField("maker", longest: 200)
    var secret = TextField("", longest: 2000)
    /// Which line of the step has the keys.
    var focus = 0
    /// Approved for `approvedFor`.
    var fingerprint: CertificateFingerprint?
    private var approvedFor: WebAddress?
    var askedFingerprint: CertificateFingerprint?
    var certificateOwner = CertificateOwner.server
    var keyRequest: KeyRequest?
    /// When Allow is looked for again.
    var looksAgainAt: Timestamp?
    var finding: MachineFinding?
    /// The cameras that the machine offers, and those whose address was typed.
    var cameras: [ProbedCamera] = []
    var pictures: [Int: Pixels] = [:]
    var cameraAddress = TextField("", longest: 2000)
    /// Certificates of cameras that a person has approved, by the camera's place.
    var cameraFingerprints: [Int: CertificateFingerprint] = [:]
    /// What was chosen in the step before the last.
    var chosen = CameraChoice.none
    /// A camera whose try is on its way.
    var triedCamera: ProbedCamera?
    var details: Form
    /// The light that the machine was asked about last, and has.
    var knownLight: String?
    /// The machine is asked whether it has the light that was typed.
    var asksForLight = false
    /// The printer is stored, its camera not yet.
    var connected: Printer?
    /// What is wrong, and what to do.
    var fault: String?

    init(_ goal: Goal) {
        self.goal = goal
        details = Form(purpose: .newPrinter, title: "", fields: [])
        guard case .change(_, _, let old?, _) = goal else { return }
        kind = old.address.kind
        address = TextField("\(old.address.base)", longest: 2000)
        fingerprint = old.fingerprint
        approvedFor = old.address.base
    }

    // MARK: What was answered so far

    /// The server's address as it was typed; nil while it is none.
    var base: WebAddress? { try? WebAddress.parse(address.text).address }

    var old: LinkSettings? {
        if case .change(_, _, let old, _) = goal { old } else { nil }
    }

    var printer: PrinterID? {
        if case .change(let id, _, _, _) = goal { id } else { nil }
    }

    /// The camera that is there already.
    var oldCamera: CameraSnapshot? {
        if case .change(_, _, _, let camera) = goal { camera } else { nil }
    }

    var settings: LinkSettings? {
        guard let base else { return nil }
        let light = details.fields.first { $0.label == Self.lightLabel }?.text.trimmingWhitespace()
        let kept = old?.address.kind == kind ? old?.lightName : nil
        return LinkSettings(
            address: LinkAddress(kind: kind, base: base), fingerprint: approvedFor == base ? fingerprint : nil,
            lightName: light.map { $0.isEmpty ? nil : $0 } ?? kept)
    }

    mutating func approve(_ found: CertificateFingerprint) {
        fingerprint = found
        approvedFor = base
    }

    var given: GivenCredentials {
        switch way {
        case .keep: .keep
        case .none: .none
        case .allow: keyRequest.map { .allowed($0.id) } ?? .none
        case .typed:
            kind == .prusalink
                ? .password(user: user.text.trimmingWhitespace(), password: secret.text)
                : .apiKey(secret.text.trimmingWhitespace())
        }
    }

    /// The ways in that this kind of machine has.
    var ways: [KeyWay] {
        let isSame = old.map { $0.address.kind == kind && $0.address.base == base } ?? false
        let kept: [KeyWay] = isSame ? [.keep] : []
        return switch kind {
        case .octoprint: kept + [.allow, .typed]
        case .moonraker: kept + [.none, .typed]
        case .prusalink: kept + [.typed]
        }
    }

    /// What is typed for the chosen way.
    var keyFields: Int { way != .typed ? 0 : kind == .prusalink ? 2 : 1 }

    static let lightLabel = "light"
}
