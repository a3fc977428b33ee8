internal import Farm

/// The wizard on the screen: what it wants goes to the farm, and the answers to it.
struct ConnectOverlay: DashboardOverlay, Equatable {
    var wizard: ConnectWizard

    /// For a new printer. Goes on where the last one was left, if there is such a one.
    init(_ context: Context) {
        wizard = context.connectDraft ?? ConnectWizard(.newPrinter(accounts: context.openAccounts))
    }

    init(changing snapshot: PrinterSnapshot, _ context: Context) {
        let primary = snapshot.cameras.filter(\.settings.isPrimary)
        wizard = ConnectWizard(
            .change(
                snapshot.id, name: context.twinNames[snapshot.id] ?? snapshot.name, old: snapshot.machine?.settings,
                camera: primary.first { !$0.isConfigured } ?? primary.first ?? snapshot.cameras.first))
    }

    func draw(in canvas: inout Canvas, _ context: Context) {
        let options = context.options
        ConnectView(
            wizard: wizard, now: context.now, style: options.isASCIIOnly ? .ascii : options.picture,
            depth: options.colors
        ).draw(in: &canvas, size: context.size)
    }

    func hints(_ context: Context) -> [KeyBar.Hint] {
        [.init("enter", "go on"), .init("shift-tab", "back"), .leave]
    }

    // MARK: Keys, mouse and time

    mutating func handle(_ key: Key, in context: Context) -> [DashboardRequest] { requests(wizard.handle(key)) }

    mutating func paste(_ text: String) -> [DashboardRequest] {
        wizard.paste(text)
        return []
    }

    /// A click selects, a double click goes on.
    mutating func click(_ target: ClickTarget, isDouble: Bool, in context: Context) -> [DashboardRequest] {
        switch target {
        case .key(let key): return handle(key, in: context)
        case .line(let index):
            wizard.choose(line: index)
            return isDouble ? handle(.enter, in: context) : []
        default: return []
        }
    }

    var isWaiting: Bool { wizard.isWaitingForAllow }

    mutating func tick(in context: Context) -> [DashboardRequest] {
        wizard.isWaitingForAllow ? requests(wizard.tick(at: context.now)) : []
    }

    // MARK: Answers

    mutating func receive(_ result: Result<FarmReply, RequestFailure>, in context: Context) -> [DashboardRequest] {
        // It was gone back from meanwhile.
        guard wizard.isWaitingForAnswer else { return [] }
        return switch result {
        case .success(let reply): requests(wizard.receive(reply, at: context.now))
        case .failure(let failure): requests(wizard.fail(failure.message))
        }
    }

    mutating func receive(
        _ result: Result<Pixels, RequestFailure>, picture: Int, in context: Context
    ) -> [DashboardRequest] {
        switch result {
        case .success(let pixels): wizard.pictures[picture] = pixels
        case .failure(let failure): wizard.fault = failure.message
        }
        return []
    }

    private func requests(_ outcome: ConnectWizard.Outcome) -> [DashboardRequest] {
        switch outcome {
        case .goesOn(let wanted): return wanted.map(request)
        case .left(let actions):
            var requests: [DashboardRequest] = [.close]
            if case .newPrinter = wizard.goal { requests.append(.keepDraft(wizard)) }
            return requests
                + [.say("Nothing more was changed; what you typed is kept for the next time.")]
                + actions.map { .request($0, done: "") }
        case .done(let words, _): return [.keepDraft(nil), .close, .say(words, .success)]
        }
    }

    private func request(_ wanted: ConnectWizard.Request) -> DashboardRequest {
        switch wanted {
        // Nobody waits for the answer.
        case .perform(let action) where action.isForgetting: .request(action, done: "")
        case .perform(let action): .ask(action)
        case .decode(let camera, let jpeg): .decode(jpeg, picture: camera)
        }
    }
}

extension FarmAction {
    fileprivate var isForgetting: Bool {
        if case .machine(.forgetKeyRequest) = self { true } else { false }
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
