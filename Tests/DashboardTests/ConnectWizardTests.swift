import Farm
import Testing

@testable import Dashboard

@Suite("Connecting a machine", .timeLimit(.minutes(20)))
struct ConnectWizardTests {
    static let certificate = CertificateFingerprint((0..<32).map { $0 * 7 % 251 })
    private static let octopi = WebAddress(scheme: .http, host: "octopi.lan")

    static var finding: MachineFinding {
        var reading = PrinterReading(state: .idle, at: FarmFixture.now)
        reading.nozzles = [ReadTemperature(actual: 24, target: 0)]
        return MachineFinding(
            identity: MachineIdentity(server: "OctoPrint 1.11.8", name: "Workshop"), reading: reading,
            abilities: [.pause, .resume, .cancel, .start, .files], files: FilesPanelTests.files,
            cameras: [
                ProbedCamera(
                    name: "bed",
                    source: .snapshot(WebAddress(scheme: .http, host: "octopi.lan", path: "/webcam/?action=snapshot")),
                    picture: ProbedPicture(jpeg: [1, 2, 3], width: 640, height: 480, milliseconds: 41)),
                ProbedCamera(name: "side", source: nil, reason: "WebRTC only"),
            ])
    }

    private func opened(_ size: GridSize = GridSize(rows: 24, columns: 80)) -> DashboardState {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines, columns: size.columns, rows: size.rows)
        _ = state.press(.character("c"))
        _ = state.press(.character("m"))
        return state
    }

    /// Gives an answer to what was asked last.
    private func answer(
        _ state: inout DashboardState, _ effects: [DashboardEffect], _ reply: FarmReply
    ) -> [DashboardEffect] {
        var more: [DashboardEffect] = []
        for case .perform(_, let id) in effects { more += state.handle(.reply(id, .success(reply))) }
        return more
    }

    /// Up to the look at an OctoPrint whose key is typed.
    private func asked(_ state: inout DashboardState) -> [DashboardEffect] {
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("A1B2")
        return state.press(.enter)
    }

    private static var settings: LinkSettings {
        LinkSettings(address: LinkAddress(kind: .octoprint, base: octopi))
    }

    @Test("Each step on the screen", arguments: MachineScreenTests.sizes)
    func screens(size: GridSize) throws {
        func expect(_ state: DashboardState, _ step: String) throws {
            try GoldenScreen.expect(state.draw(), "connect-\(step)-\(size.columns)x\(size.rows)")
        }
        var state = opened(size)
        try expect(state, "kind")
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        try expect(state, "address")
        _ = state.press(.enter)
        try expect(state, "key")
        var allow = state
        let request = KeyRequest(
            id: 5, address: LinkAddress(kind: .octoprint, base: Self.octopi), expiresAt: FarmFixture.now + .seconds(300)
        )
        _ = answer(&allow, allow.press(.enter), .keyRequest(request))
        try expect(allow, "allow")
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("A1B2")
        let effects = state.press(.enter)
        var other = state
        _ = answer(
            &other, effects, .probe(.failed(.certificateNotApproved(try #require(Self.certificate)))))
        try expect(other, "certificate")
        for case .decodePicture(_, let id) in answer(&state, effects, .probe(.found(Self.finding))) {
            _ = state.handle(.decoded(id, .success(FarmFixture.picture)))
        }
        try expect(state, "found")
        _ = state.press(.enter)
        try expect(state, "name")
    }

    @Test("Kind, address, key, test, camera, name: then the printer and its camera are made")
    func whole() throws {
        var state = opened()
        var effects = asked(&state)
        #expect(effects.actions == [.machine(.probe(Self.settings, .apiKey("A1B2"), of: nil))])
        #expect(!state.draw().text.contains("A1B2"), "a key is never on the screen")
        effects = answer(&state, effects, .probe(.found(Self.finding)))
        let text = state.draw().text
        #expect(text.contains("OctoPrint 1.11.8") && text.contains("3 files, newest clip_batch_40.gcode"))
        #expect(text.contains("bed: 640 × 480, in 41 ms") && text.contains("side: WebRTC only"))
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Workshop"))
        _ = state.press(.control("u"))
        _ = state.type("mk3")
        effects = state.press(.enter)
        #expect(
            effects.actions == [
                .machine(.connectNew(account: "operator", PrinterSettings(name: "mk3"), Self.settings, .apiKey("A1B2")))
            ])
        let made = Printer(
            id: 20, accountID: 1, settings: PrinterSettings(name: "mk3"), createdAt: FarmFixture.now, authToken: "")
        effects = answer(&state, effects, .printer(made, accountName: "operator"))
        let source = try #require(Self.finding.cameras[0].source)
        let camera = try #require(CameraSettings(name: "bed", source: source))
        #expect(effects.actions == [.machine(.putCamera(20, id: nil, camera, .none))])
        effects = answer(&state, effects, .printer(made, accountName: "operator"))
        #expect(effects.isEmpty)
        #expect(state.draw().text.contains("mk3 is connected to OctoPrint at octopi.lan."))
    }

    @Test("OctoPrint is asked for a key, looked at each second until somebody presses Allow")
    func allow() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        var effects = state.press(.enter)
        #expect(effects.actions == [.machine(.requestKey(Self.settings))])
        let request = KeyRequest(id: 5, address: Self.settings.address, expiresAt: FarmFixture.now + .seconds(300))
        effects = answer(&state, effects, .keyRequest(request))
        #expect(effects.isEmpty && state.nextTick != nil)
        #expect(
            state.draw().text.contains("press Allow for farmtop") && state.draw().text.contains("http://octopi.lan"))
        effects = state.handle(.tick(FarmFixture.now + .seconds(1)))
        #expect(effects.actions == [.machine(.keyRequest(5))])
        var allowed = request
        allowed.answer = .allowed
        effects = answer(&state, effects, .keyRequest(allowed))
        #expect(effects.actions == [.machine(.probe(Self.settings, .allowed(5), of: nil))])
    }

    @Test("A key that the farm has no more is asked for again")
    func keyGone() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        var request = KeyRequest(id: 5, address: Self.settings.address, expiresAt: FarmFixture.now + .seconds(300))
        request.answer = .allowed
        let effects = answer(&state, state.press(.enter), .keyRequest(request))
        #expect(effects.actions == [.machine(.probe(Self.settings, .allowed(5), of: nil))])
        _ = answer(&state, effects, .probe(.failed(.keyRequestOver)))
        #expect(state.draw().text.contains("Ask for a key again."))
        #expect(state.press(.enter).actions == [.machine(.requestKey(Self.settings))])
    }

    @Test("So is one that went while the rest was answered")
    func keyGoneWhileSaving() {
        var wizard = ConnectWizard(.newPrinter(accounts: ["operator"]))
        wizard.step = .saving
        wizard.keyRequest = KeyRequest(
            id: 5, address: Self.settings.address, answer: .allowed, expiresAt: FarmFixture.now)
        _ = wizard.fail(FarmError.noSuchKeyRequest.description)
        #expect(wizard.step == .key && wizard.keyRequest == nil && wizard.fault?.isEmpty == false)
    }

    @Test("A camera that is found is put beside one of the configuration file, not in its place")
    func besideConfigured() throws {
        let usb = try #require(CameraSettings(name: "usb", source: .printer))
        let configured = CameraSnapshot(id: -1, settings: usb, isConfirmed: true, fault: nil)
        var wizard = ConnectWizard(.change(3, name: "mk3", old: nil, camera: configured))
        wizard.cameras = Self.finding.cameras
        wizard.chosen = .offered(0)
        guard case .goesOn(let requests) = wizard.saveCamera(of: 3),
            case .perform(.machine(.putCamera(3, let id, _, _)))? = requests.first
        else {
            Issue.record("no camera was put")
            return
        }
        #expect(id == nil)
    }

    @Test("A denied key leads back to the key, with what to do")
    func denied() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        var request = KeyRequest(id: 5, address: Self.settings.address, expiresAt: FarmFixture.now + .seconds(300))
        request.answer = .denied
        _ = answer(&state, state.press(.enter), .keyRequest(request))
        #expect(state.draw().text.contains("Nobody allowed it in OctoPrint."))
        #expect(state.nextTick.map { $0 > FarmFixture.now } ?? true)
        #expect(state.press(.escape).isEmpty)
    }

    @Test("Leaving while Allow is waited for takes the question back")
    func forgotten() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        let request = KeyRequest(id: 5, address: Self.settings.address, expiresAt: FarmFixture.now + .seconds(300))
        _ = answer(&state, state.press(.enter), .keyRequest(request))
        #expect(state.press(.escape).actions == [.machine(.forgetKeyRequest(5))])
    }

    @Test("A certificate is shown and used only after y")
    func certificate() throws {
        let found = try #require(Self.certificate)
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("https://octopi.lan")
        _ = state.press(.enter)
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("k")
        var effects = state.press(.enter)
        effects = answer(&state, effects, .probe(.failed(.certificateNotApproved(found))))
        #expect(effects.isEmpty)
        let firstLine = found.description.prefix(47)
        #expect(state.draw().text.contains(firstLine))
        #expect(state.press(.enter).isEmpty, "enter alone never confirms")
        effects = state.press(.character("y"))
        var settings = LinkSettings(
            address: LinkAddress(kind: .octoprint, base: WebAddress(scheme: .https, host: "octopi.lan")))
        settings.fingerprint = found
        #expect(effects.actions == [.machine(.probe(settings, .apiKey("k"), of: nil))])
    }

    @Test("What is wrong leads to the question that was answered wrong, and says what to do")
    func faults() {
        for (fault, words, step) in [
            (LinkFault.wrongCredentials, "The machine refuses the key or password.", ConnectWizard.Step.key),
            (.nameNotFound(host: "octopi.lan"), "Use the printer's IP address.", .address),
            (.unreachable("connection refused"), "OctoPrint's own is 5000", .address),
            (.otherServer("Moonraker"), "Check the port, or go back to the kind.", .address),
        ] {
            var state = opened(GridSize(rows: 24, columns: 120))
            _ = answer(&state, asked(&state), .probe(.failed(fault)))
            guard let session = state.overlay as? ConnectOverlay else {
                Issue.record("the wizard is gone")
                continue
            }
            #expect(session.wizard.step == step)
            #expect(session.wizard.fault?.contains(words) == true, "\(session.wizard.fault ?? "")")
        }
    }

    @Test("The light that is typed is looked for at the machine: one that it lacks is refused, and nothing is stored")
    func light() throws {
        var state = opened()
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("voron.lan:7125")
        _ = state.press(.enter)
        var finding = MachineFinding(
            identity: MachineIdentity(server: "Moonraker", name: "voron"),
            reading: PrinterReading(state: .idle, at: FarmFixture.now), abilities: .emergencyStop)
        _ = answer(&state, state.press(.enter), .probe(.found(finding)))
        _ = state.press(.enter)
        _ = state.press(.down)
        _ = state.type("output_pin lamp")
        var effects = state.press(.enter)
        var settings = LinkSettings(
            address: LinkAddress(
                kind: .moonraker, base: WebAddress(scheme: .http, host: "voron.lan", port: 7125)),
            lightName: "output_pin lamp")
        #expect(effects.actions == [.machine(.probe(settings, .none, of: nil))])
        #expect(answer(&state, effects, .probe(.found(finding))).isEmpty)
        #expect(state.draw().text.contains("the machine has no such pin or light"))
        _ = state.press(.control("u"))
        _ = state.type("output_pin led")
        settings.lightName = "output_pin led"
        effects = state.press(.enter)
        finding.abilities = [.emergencyStop, .light]
        effects = answer(&state, effects, .probe(.found(finding)))
        #expect(
            effects.actions == [
                .machine(.connectNew(account: "operator", PrinterSettings(name: "voron"), settings, .none))
            ])
    }

    @Test("The chosen way of the key is marked also while its key is typed")
    func markedWay() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.enter)
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("A1B2")
        #expect(state.draw().text.contains("▌ type its API key"))
    }

    @Test("An address that is none is refused with a sentence; one with a password gives it to the next step as dots")
    func address() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("ftp://x")
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Use http:// or https://."))
        _ = state.press(.control("u"))
        _ = state.handle(.terminal(.paste("http://maker:secret@10.0.0.5\n")))
        _ = state.press(.enter)
        #expect(!state.draw().text.contains("secret"))
        #expect(state.draw().text.contains("••••••"))
    }

    @Test("PrusaLink's password is what is typed first, also after a wrong one")
    func password() {
        var state = opened()
        _ = state.press(.down)
        _ = state.press(.down)
        _ = state.press(.enter)
        _ = state.type("10.0.0.5")
        _ = state.press(.enter)
        _ = state.type("wrong")
        let effects = state.press(.enter)
        _ = answer(&state, effects, .probe(.failed(.wrongCredentials)))
        _ = state.press(.control("u"))
        _ = state.type("right")
        let settings = LinkSettings(
            address: LinkAddress(kind: .prusalink, base: WebAddress(scheme: .http, host: "10.0.0.5")))
        #expect(
            state.press(.enter).actions
                == [.machine(.probe(settings, .password(user: "maker", password: "right"), of: nil))])
    }

    @Test("Each step goes back without losing what was typed; a late answer changes nothing")
    func back() {
        var state = opened()
        let effects = asked(&state)
        _ = state.press(.backTab)
        #expect(answer(&state, effects, .probe(.found(Self.finding))).isEmpty)
        #expect(state.draw().text.contains("••••"))
        _ = state.press(.backTab)
        #expect(state.draw().text.contains("octopi.lan"))
        _ = state.press(.backTab)
        #expect(state.draw().text.contains("What does the machine's server speak?"))
        _ = state.press(.backTab)
        #expect(state.draw().text.contains("This is the first step; esc leaves."))
    }

    @Test("Esc leaves at once; the next time it goes on where it was left")
    func kept() {
        var state = opened()
        _ = state.press(.enter)
        _ = state.type("octopi.lan")
        _ = state.press(.escape)
        #expect(state.draw().text.contains("what you typed is kept"))
        _ = state.press(.character("c"))
        _ = state.press(.character("m"))
        #expect(state.draw().text.contains("octopi.lan"))
    }

    // Its field is the last one of the form.
    private func goToMachine(_ state: inout DashboardState) {
        for _ in 0..<40 where !state.draw().text.contains("what this printer is linked to") { _ = state.press(.down) }
    }

    @Test("The machine of a printer is changed from its form; the stored key may stay")
    func change() throws {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines)
        _ = state.press(.down)
        _ = state.press(.character("e"))
        goToMachine(&state)
        #expect(state.draw().text.contains("Moonraker at rack-a-01.lan:7125"))
        _ = state.press(.right)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Change the machine of rack-a-01"))
        _ = state.press(.enter)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("keep the key that is stored"))
        let effects = state.press(.enter)
        let settings = LinkSettings(
            address: LinkAddress(
                kind: .moonraker, base: WebAddress(scheme: .http, host: "rack-a-01.lan", port: 7125)))
        #expect(effects.actions == [.machine(.probe(settings, .keep, of: 1))])
    }

    @Test("It is disconnected from there too, after a question")
    func disconnect() {
        var state = FarmFixture.dashboard(FarmFixture.calmMachines)
        _ = state.press(.down)
        _ = state.press(.character("e"))
        goToMachine(&state)
        _ = state.press(.left)
        _ = state.press(.enter)
        #expect(state.draw().text.contains("Disconnect rack-a-01?"))
        #expect(state.press(.enter).isEmpty)
        #expect(state.press(.character("y")).actions == [.machine(.disconnect(1))])
    }

    @Test("A camera's address is typed and tried before it is taken")
    func typedCamera() throws {
        var state = opened()
        let address = WebAddress(scheme: .http, host: "cam.lan", path: "/shot.jpg")
        var finding = Self.finding
        finding.cameras = []
        _ = answer(&state, asked(&state), .probe(.found(finding)))
        _ = state.press(.up)
        _ = state.type("cam.lan/shot.jpg")
        let effects = state.press(.enter)
        let camera = try #require(CameraSettings(name: "camera", source: .snapshot(address)))
        #expect(effects.actions == [.machine(.probeCamera(camera, .none, of: nil, nil))])
        _ = answer(&state, effects, .cameraProbe(.failed(.noPicture("404 Not Found"))))
        #expect(state.draw().text.contains("There is no picture: 404 Not Found."))
        let again = state.press(.enter)
        _ = answer(
            &state, again,
            .cameraProbe(.taken(ProbedPicture(jpeg: [9], width: 320, height: 240, milliseconds: 12))))
        #expect(state.draw().text.contains("camera: 320 × 240, in 12 ms"))
    }
}
