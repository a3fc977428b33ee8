import ArgumentParser
import Farm
import FarmClient
import FarmConfiguration
import FarmService
import Printers
import Storage
import Text

struct ConnectPrinter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connect", abstract: "Connect a printer to its OctoPrint, Moonraker (Klipper) or PrusaLink.",
        discussion: """
            The address is tried first: nothing is stored when it does not work. The printer of that name or number is
            connected, and is made if there is none. The key is stored sealed, in the data folder alone.
            OctoPrint without --key-file asks its operator, who presses Allow in its web page. Moonraker needs a key only
            where it does not trust this machine. PrusaLink needs the password on the printer's screen.
            """)
    @Argument(help: "The printer's name, or its number in the list.") var name: String
    @Option(help: "octoprint, moonraker or prusalink.", transform: LinkKind.init(option:)) var kind: LinkKind
    @Option(help: "The address of its server, as in a browser.") var url: TypedAddress
    @OptionGroup var credentials: CredentialOptions
    @Option(help: "The address of a camera that judges its prints: a snapshot or MJPEG stream; or: printer.")
    var camera: TypedAddress?
    @Option(help: "Seconds from picture to picture of that camera, 1 to 300.") var interval: Int?
    @Option(help: "The light, as the machine's configuration names it: \"output_pin caselight\".") var light: String?
    @Option(help: "The account that a new printer belongs to.") var account = Account.firstName
    @OptionGroup var options: CommonOptions

    func validate() throws {
        guard let interval else { return }
        guard camera != nil else { throw ValidationError("--interval is of the camera: give --camera too.") }
        guard CameraSettings.intervals.contains(interval) else { throw ValidationError("--interval takes 1 to 300.") }
    }

    private func settings(_ source: CameraSource) -> CameraSettings? {
        CameraSettings(
            name: "camera", source: source, intervalSeconds: interval ?? CameraSettings.standardInterval)
    }

    func run() async throws {
        var settings = LinkSettings(
            address: LinkAddress(kind: kind, base: try base()), fingerprint: credentials.trustFingerprint?.value,
            lightName: light)
        let settingsOfFarm = try options.settings()
        let source = try cameraSource()
        try await refuseTaken(settings.address, settingsOfFarm)
        var fingerprint = settings.fingerprint
        let host = settings.address.base.authority
        let (given, finding) = try await CertificateQuestion.asking(&fingerprint, of: host) { approved in
            var tried = settings
            tried.fingerprint = approved
            let given = try await key(tried)
            return (given, try await LinkTest(settings: tried, credentials: given.credentials ?? .none).run())
        }
        settings.fingerprint = fingerprint
        if let refusal = finding.refusal(ofLight: light, kind) { throw CommandFailure.failed(refusal) }
        let picture = try await takePicture(source, settings, given)
        let link = settings
        let listing = try await FarmAccess.with(settingsOfFarm, makesFarm: true) { farm in
            let (printer, isNew) = try await connect(link, given, in: farm)
            // A camera of the configuration stays as it is: this one is beside it.
            let known = try await farm.snapshot().printers.first { $0.id == printer.id }?.cameras
                .first { $0.settings.isPrimary && !$0.isConfigured }?.id
            if let source, let camera = self.settings(source) {
                _ = try await farm.perform(.machine(.putCamera(printer.id, id: known, camera, .none)))
            }
            return Listing(
                connected: printer, isNew: isNew, link.address, finding, picture, source, farm.isHere)
        }
        try listing.show(asJSON: options.isJSON)
    }

    /// Before a person is sent for a key that would open another printer's machine. The farm looks again when it connects.
    private func refuseTaken(_ address: LinkAddress, _ settings: Settings) async throws {
        guard try FarmAccess.hasFarm(in: settings.dataFolder()) else { return }
        let place = MachinePlace(address)
        for machine in try await Self.machines(in: DataFolder(existing: settings.dataFolder()))
        where MachinePlace(machine.address) == place && machine.name != name && "\(machine.printer)" != name {
            throw FarmError.machineTaken(by: machine.name, address)
        }
    }

    /// Asked of the farm that runs, or read where none does: the folder is not taken, as a person may have to press Allow
    /// meanwhile.
    private static func machines(in folder: DataFolder) async throws -> [DatabaseInspection.Machine] {
        guard let client = try await ControlClient.connected(to: folder.controlSocket) else {
            return try DatabaseInspection(folder)?.machines() ?? []
        }
        let printers = try await client.closing { try await $0.snapshot().printers }
        return printers.compactMap { snapshot in
            guard let machine = snapshot.machine else { return nil }
            return DatabaseInspection.Machine(
                printer: snapshot.id, name: snapshot.printer.settings.name, address: machine.address)
        }
    }

    private func base() throws(CommandFailure) -> WebAddress {
        let address = try url.address()
        guard address.query == nil else {
            throw .usage("Give the address of the server itself, without a question mark and what follows.")
        }
        return address
    }

    private func cameraSource() throws(CommandFailure) -> CameraSource? {
        guard let camera else { return nil }
        if camera.text == "printer" { return .printer }
        return .snapshot(try camera.address())
    }

    private func key(_ settings: LinkSettings) async throws -> GivenCredentials {
        let secret = try credentials.secret()
        switch kind {
        case .octoprint:
            if let secret { return .apiKey(secret) }
            return .apiKey(try await Self.allowed(settings).exposed)
        case .moonraker:
            guard let secret else { return .none }
            return .apiKey(secret)
        case .prusalink:
            guard let secret else {
                throw CommandFailure.usage(
                    "PrusaLink needs the password that the printer shows (Settings, Network): give --key-file FILE.")
            }
            return .password(user: credentials.user ?? "maker", password: secret)
        }
    }

    /// Waits until somebody presses Allow in OctoPrint.
    private static func allowed(_ settings: LinkSettings) async throws -> Secret {
        let request: OctoPrintKeyRequest
        do throws(LinkFault) {
            request = try await OctoPrintKeyRequest(settings, environment: .system)
        } catch .notOffered {
            throw CommandFailure.failed(
                "This OctoPrint gives no keys on request. Make one there (Settings, Application Keys): --key-file FILE."
            )
        }
        Console.error(
            "Open \(settings.address.base) in a browser, log in, and press Allow for farmtop. Waiting, at most 5 minutes."
        )
        for _ in 0..<300 {
            switch try await request.look() {
            case .granted(let key): return key
            case .denied: throw CommandFailure.failed("Nobody allowed it in OctoPrint. Nothing was connected.")
            case .undecided: try await Task.sleep(for: .seconds(1))
            }
        }
        throw CommandFailure.failed("Nobody pressed Allow within 5 minutes. Nothing was connected.")
    }

    private func takePicture(
        _ source: CameraSource?, _ link: LinkSettings, _ given: GivenCredentials
    ) async throws -> PictureTest? {
        guard let source, let camera = settings(source) else { return nil }
        let machine = MachineLinks.link(link, credentials: given.credentials ?? .none, environment: .system)
        do {
            return try await PictureTest.take(camera, .none, link.fingerprint(of: source), machine)
        } catch let fault as LinkFault {
            throw CommandFailure.failed(
                "The camera gives no picture, so nothing was connected. \(printable(fault.description))")
        }
    }

    /// The printer of that name or number; a new one where there is none, which is made with its machine or not at all.
    private func connect(
        _ link: LinkSettings, _ given: GivenCredentials, in farm: any FarmBackend
    ) async throws -> (Printer, isNew: Bool) {
        let known = try await farm.snapshot()
        if known.printers.contains(where: { $0.printer.settings.name == name || "\($0.id)" == name }),
            let named = NamedPrinter(argument: name)
        {
            let printer = try named.found(in: known).printer
            _ = try await farm.perform(.machine(.connect(printer.id, link, given)))
            return (printer, false)
        }
        guard
            case .printer(let printer, _) = try await farm.perform(
                .machine(.connectNew(account: account, PrinterSettings(name: name), link, given)))
        else { throw CommandFailure.failed("The printer could not be made.") }
        return (printer, true)
    }
}

struct DisconnectPrinter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disconnect", abstract: "Disconnect a printer from its machine; the stored key is deleted.")
    @Argument(help: "The printer's name, or its number in the list.") var printer: NamedPrinter
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let listing = try await FarmAccess.with(options.settings()) { farm in
            let view = try printer.found(in: await farm.snapshot())
            guard case .done(succeeded: true) = try await farm.perform(.machine(.disconnect(view.id))) else {
                throw CommandFailure.failed("\(printable(view.printer.settings.name)) is not connected to a machine.")
            }
            return Listing(done: "Printer \(view.id) (\(view.printer.settings.name)) is disconnected.")
        }
        try listing.show(asJSON: options.isJSON)
    }
}

struct ConfirmPrinter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "After a restore: let this farm use the printer's machine and cameras again.",
        discussion: """
            Make sure first that no other farmtop moves the same machine. Once all that wait are confirmed, messages are sent again; \
            in a farm without machines and cameras, see: farmtop notify confirm
            """)
    @Argument(help: "The printer's name, or its number in the list.") var printer: NamedPrinter
    @OptionGroup var options: CommonOptions

    func run() async throws {
        let listing = try await FarmAccess.with(options.settings()) { farm in
            let view = try printer.found(in: await farm.snapshot())
            let name = view.printer.settings.name
            let reply = try await farm.perform(.machine(.confirm(view.id)))
            guard reply == .done(succeeded: true) || !view.cameras.isEmpty else {
                throw CommandFailure.failed("\(printable(name)) is not connected to a machine and has no camera.")
            }
            return Listing(done: "Printer \(view.id) (\(name)) may be used by this farm.")
        }
        try listing.show(asJSON: options.isJSON)
    }
}
