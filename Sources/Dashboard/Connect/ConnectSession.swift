internal import Farm

/// The wizard on the screen, and which answers it waits for.
struct ConnectSession: Equatable, Sendable {
    var wizard: ConnectWizard
    /// Answers to anything else come late and change nothing.
    var awaited: RequestID?
    /// Pictures on their way to become pixels, by the camera's place.
    var decoding: [RequestID: Int] = [:]
}

/// Everything between the wizard and the rest of the dashboard.
extension DashboardState {
    /// Goes on where the last one was left, if there is such a one.
    mutating func connectNewMachine() -> [DashboardEffect] {
        let wizard = connectDraft ?? ConnectWizard(.newPrinter(accounts: openAccounts))
        overlay = .connect(ConnectSession(wizard: wizard))
        return []
    }

    mutating func connectMachine(of snapshot: PrinterSnapshot) {
        overlay = .connect(
            ConnectSession(
                wizard: ConnectWizard(
                    .change(
                        snapshot.id, name: twinNames[snapshot.id] ?? snapshot.name, old: snapshot.machine?.settings,
                        camera: snapshot.cameras.first { $0.settings.isPrimary } ?? snapshot.cameras.first))))
    }

    mutating func handle(_ session: ConnectSession, _ key: Key) -> [DashboardEffect] {
        var session = session
        let outcome = session.wizard.handle(key)
        return carryOut(outcome, session)
    }

    mutating func tickConnect() -> [DashboardEffect] {
        guard case .connect(var session) = overlay, session.wizard.isWaitingForAllow else { return [] }
        let outcome = session.wizard.tick(at: now)
        guard outcome != .stays else { return [] }
        return carryOut(outcome, session)
    }

    /// - Returns: nil when the wizard does not wait for this answer.
    mutating func answerConnect(
        _ result: Result<FarmReply, RequestFailure>, of id: RequestID
    ) -> [DashboardEffect]? {
        guard case .connect(var session) = overlay, session.awaited == id else { return nil }
        session.awaited = nil
        let outcome =
            switch result {
            case .success(let reply): session.wizard.receive(reply, at: now)
            case .failure(let failure): session.wizard.fail(failure.message)
            }
        return carryOut(outcome, session)
    }

    mutating func decoded(_ id: RequestID, _ result: Result<Pixels, RequestFailure>) {
        guard case .connect(var session) = overlay, let camera = session.decoding.removeValue(forKey: id) else {
            return
        }
        switch result {
        case .success(let pixels): session.wizard.pictures[camera] = pixels
        case .failure(let failure): session.wizard.fault = failure.message
        }
        overlay = .connect(session)
    }

    private mutating func carryOut(_ outcome: ConnectWizard.Outcome, _ old: ConnectSession) -> [DashboardEffect] {
        var session = old
        switch outcome {
        case .goesOn(let requests):
            if !session.wizard.isWaitingForAnswer { session.awaited = nil }
            let effects = requests.map { ask($0, for: &session) }
            overlay = .connect(session)
            return effects
        case .left(let actions):
            overlay = nil
            if case .newPrinter = session.wizard.goal { connectDraft = session.wizard }
            say("Nothing more was changed; what you typed is kept for the next time.")
            return actions.map { request($0, done: "") }
        case .done(let words, let made):
            overlay = nil
            connectDraft = nil
            if let made { table.select(made: made, printers: farm.printers, visible: visibleRows) }
            say(words, .success)
            return []
        }
    }

    private mutating func ask(_ wanted: ConnectWizard.Request, for session: inout ConnectSession) -> DashboardEffect {
        switch wanted {
        case .perform(let action):
            let effect = request(action, done: "")
            if case .machine(.forgetKeyRequest) = action { return effect }
            session.awaited = RequestID(rawValue: lastRequest)
            return effect
        case .decode(let camera, let jpeg):
            lastRequest += 1
            let id = RequestID(rawValue: lastRequest)
            session.decoding[id] = camera
            return .decodePicture(jpeg, id)
        }
    }

    func drawConnect(_ session: ConnectSession, canvas: inout Canvas) {
        ConnectView(
            wizard: session.wizard, now: now, style: options.isASCIIOnly ? .ascii : options.picture,
            depth: options.colors
        ).draw(in: &canvas, size: size)
    }

    // MARK: Which way a printer is added

    /// Both have a letter; nothing is chosen by enter alone.
    static let addingWays: [(key: Character, words: String)] = [
        ("m", "connect a machine: OctoPrint, Moonraker, PrusaLink"), ("a", "one that an app drives over the API"),
    ]

    mutating func answerAdding(_ key: Key) -> [DashboardEffect] {
        switch key {
        case .character("m"), .character("M"):
            guard !options.isRemote else {
                say("Machines can be connected only on the machine that runs the farm.", .warning)
                return []
            }
            return connectNewMachine()
        case .character("a"), .character("A"): overlay = .form(.newPrinter(accounts: openAccounts))
        case .escape, .character("q"), .control("c"): overlay = nil
        default: say("Press m to connect a machine, a for one that an app drives; esc leaves.", .warning)
        }
        return []
    }
}

extension ConnectWizard {
    var isWaitingForAnswer: Bool { [.allow, .testing, .saving].contains(step) }

    /// A click on a line of a list.
    mutating func choose(line index: Int) {
        fault = nil
        focus = index
        switch step {
        case .kind: if LinkKind.allCases.indices.contains(index) { kind = LinkKind.allCases[index] }
        case .key: if ways.indices.contains(index) { way = ways[index] }
        default: break
        }
    }
}
