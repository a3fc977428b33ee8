public import Farm

/// The whole screen as a value. `handle` is the only writer; `draw` is a pure function of it. It knows no clock,
/// no store and no terminal: time and answers come in as events, effects go out as effects.
///
/// It is the root: it hands keys to the page that is shown and news to every page (`DashboardPage`), carries out the requests
/// that come back (`DashboardRequest`), and draws what all areas share.
public struct DashboardState: Sendable {
    /// What every page may read.
    var context: Context
    var areas = Areas()
    /// What is open over the area that is shown.
    var page: PrinterPage?
    var overlay: (any DashboardOverlay)?
    var requests = FarmRequests()
    var bells = Bells()
    var lastKeyAt: Timestamp?
    var windowTitle = ""
    /// The last click was on what lay over the page: the second of a double click is not for what lies below.
    var clickedOverlay = false
    /// The foot of the screen shows the function keys.
    var showsFunctionKeys = false

    public init(options: DashboardOptions, size: GridSize, now: Timestamp) {
        var options = options
        // Without colours there is one theme; the others keep their names.
        if options.colors > .mono { options.themes = options.themes.map { $0.limited(to: options.colors) } }
        context = Context(options: options, size: size, now: now, theme: options.theme.limited(to: options.colors))
        context.reportsMouse = options.takesMouse
        context.message = options.notice.map { Context.Message(text: $0, role: .error) }
    }

    /// Takes in what happened.
    /// - Returns: what is to be done about it, in this order.
    public mutating func handle(_ event: DashboardEvent) -> [DashboardEffect] {
        var effects: [DashboardEffect] = []
        switch event {
        case .terminal(let event): effects = handle(event)
        case .farm(let update): effects = handle(update)
        case .tick(let time):
            context.now = time
            if let messageEndsAt, time >= messageEndsAt { context.message = nil }
            effects = carryOut(overlay?.tick(in: context) ?? [])
        case .reply(let id, let result): effects = handle(result, of: id)
        case .picture(let key, let pixels, let detections): context.pictures.put(key, pixels, detections)
        case .pictureFailed(let key, let reason): context.pictures.fail(key, reason)
        case .decoded(let id, let result): effects = handle(result, of: id)
        case .bedProposed(let frame, let result):
            effects = carryOut(overlay?.receive(result, bedIn: frame, in: context) ?? [])
        case .points(let print, let points): context.scores.apply(points, of: print)
        case .prints(let query, let prints):
            context.noteNames(prints)
            effects = tell(.prints(query, prints))
        case .events(let query, let events): effects = tell(.events(query, events))
        case .log(let lines): effects = tell(.log(lines))
        case .loadFailed(let effect, let reason): effects = failed(effect, reason)
        case .screenWritten(let path, let failure): say(failure, or: "Wrote the screen to \(path).")
        case .exported(let path, let prints, let failure):
            say(failure, or: "Wrote \(context.count(prints, "print")) to \(path).")
        }
        return effects + settle()
    }

    /// When the passing of time alone changes the screen; nil while nothing prints, so that an idle farm sends nothing.
    public var nextTick: Timestamp? {
        [nextSecond, messageEndsAt].compactMap(\.self).min()
    }

    private var messageEndsAt: Timestamp? {
        guard let message = context.message, message.passes else { return nil }
        return context.messageAt + Context.Message.shownFor
    }

    private var nextSecond: Timestamp? {
        let hasAges =
            areas.shown.showsAges || !context.farm.consents.isEmpty || context.tally.hasOpenCommand
            || overlay?.isWaiting == true
        guard context.isAnythingPrinting || hasAges, context.isLive else { return nil }
        return Timestamp(microseconds: (context.now.microseconds / 1_000_000 + 1) * 1_000_000)
    }

    // MARK: What is shown

    /// The open page, or the area.
    var shown: any DashboardPage { page ?? areas.shown }

    var place: Place { shown.place }

    /// Does something with the open page, or the area.
    mutating func withShown<Result>(_ body: (inout any DashboardPage, Context) -> Result) -> Result {
        var shown: any DashboardPage = page ?? areas.shown
        let result = body(&shown, context)
        if let changed = shown as? PrinterPage {
            page = changed
        } else if let changed = shown as? any DashboardArea {
            areas.shown = changed
        }
        return result
    }

    /// Tells every page what has changed.
    mutating func tell(_ change: DashboardChange) -> [DashboardEffect] {
        let context = context
        var requests = page?.apply(change, in: context) ?? []
        areas.forEach { requests += $0.apply(change, in: context) }
        return carryOut(requests)
    }

    // MARK: Upkeep after every event

    /// Keeps selections on the screen and asks for what the screen lacks.
    private mutating func settle() -> [DashboardEffect] {
        context.area = areas.current
        context.hasPage = page != nil
        let context = context
        var requests: [DashboardRequest] = []
        var notices: [Notice] = []
        areas.forEach { area in
            requests += area.settle(in: context)
            if type(of: area).area != context.area, let notice = area.notice(in: context) { notices.append(notice) }
        }
        self.context.notices = notices
        let effects = settlePictures() + carryOut(requests) + settleScores()
        settleOverlay()
        return effects
    }

    private mutating func settleOverlay() {
        guard overlay != nil else { return }
        let state = self
        overlay?.settle { state.context.keys.commands(in: state.place).map(state.offer) }
    }

    private func offer(_ command: Command) -> CommandOffer {
        CommandOffer(command: command, key: context.keys.name(command), refusal: refusal(command))
    }

    private mutating func settlePictures() -> [DashboardEffect] {
        let maker = PictureMaker(options: context.options, theme: context.theme)
        let key = context.pictures.settle(shown.pictures(in: context), maker, mayLoad: context.isLive)
        return key.map { [.loadPicture($0)] } ?? []
    }

    private mutating func settleScores() -> [DashboardEffect] {
        guard context.isLive, let print = shown.print(in: context), context.scores.want(print.id) else { return [] }
        return [.loadPoints(print.id)]
    }

    private mutating func failed(_ effect: DashboardEffect, _ reason: String) -> [DashboardEffect] {
        say(reason, .error)
        switch effect {
        case .loadPoints(let print): context.scores.fail(print)
        case .loadPicture(let key): context.pictures.fail(key, reason)
        default: break
        }
        return tell(.loadFailed(effect))
    }

    mutating func say(_ text: String, _ role: Role = .info) {
        context.message = Context.Message(text: text, role: role)
    }

    private mutating func say(_ failure: RequestFailure?, or success: String) {
        if let failure { say(failure.message, .error) } else { say(success, .success) }
    }
}
