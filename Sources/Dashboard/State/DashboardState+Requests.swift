internal import Farm

extension DashboardState {
    /// Carries out what a page or an overlay asks for.
    mutating func carryOut(_ requests: [DashboardRequest]) -> [DashboardEffect] {
        requests.flatMap { carryOut($0) }
    }

    private mutating func carryOut(_ request: DashboardRequest) -> [DashboardEffect] {
        switch request {
        case .effect(let effect): return [effect]
        case .say(let text, let role): say(text, role)
        case .request(let action, let done): return [requests.add(action, done: done)]
        case .act(let actions, let done, let undo): return act(actions, done: done, undo: undo)
        case .submit(let action, let done, let undo, let form):
            if let undo { context.undo = undo }
            return [requests.add(action, done: done, form: form)]
        case .perform(let command): return perform(command)
        case .run(let line): return run(line)
        case .word(let word, let rest): return run(word: word, rest) ?? []
        case .ask(let action): return [requests.addOfOverlay(action)]
        case .askToChange(let action, let done):
            context.undo?.isOlder = true
            return [requests.addOfOverlay(action, done: done)]
        case .decode(let jpeg, let picture): return [requests.decode(jpeg, picture: picture)]
        case .keepDraft(let wizard): context.connectDraft = wizard
        case .overlay(let next):
            requests.forgetOverlay()
            overlay = next
        case .close:
            requests.forgetOverlay()
            overlay = nil
        case .page(let subject): return open(subject)
        case .closePage: page = nil
        case .stepPage(let lines): return stepPage(lines)
        case .go(let area): return go(to: area)
        case .filter(let words): return filter(by: words)
        case .keepFilter(let words): context.lastFilter = words
        case .theme(let theme, let isChosen): show(theme, isChosen: isChosen)
        case .undoEarlier: return undoLast(isConfirmed: true)
        case .quit: return [.quit]
        }
        return []
    }

    /// - Parameter undo: what takes it back; nil where nothing does, and what was done before stays undoable.
    private mutating func act(_ actions: [FarmAction], done: String, undo: Undo?) -> [DashboardEffect] {
        if actions.contains(where: Self.endsPage) { page = nil }
        if let undo { context.undo = undo } else { context.undo?.isOlder = true }
        let effects = tell(.acted)
        return effects + requests.add(actions, done: done)
    }

    private static func endsPage(_ action: FarmAction) -> Bool {
        switch action {
        case .archivePrinter, .deletePrinter: true
        default: false
        }
    }

    // MARK: Where one is

    mutating func go(to area: Area) -> [DashboardEffect] {
        page = nil
        areas.show(area)
        context.area = area
        context.hasPage = false
        return carryOut(areas.shown.open(in: context))
    }

    /// - Parameter old: the page that was open: the new one is looked at in the same way.
    mutating func open(_ subject: PrinterDetail.Subject, like old: PrinterPage? = nil) -> [DashboardEffect] {
        var next = PrinterPage(subject, like: old, in: context)
        let requests = next.open()
        page = next
        context.hasPage = true
        return carryOut(requests)
    }

    /// The next line of the list that the page's subject is in, without leaving the page.
    private mutating func stepPage(_ lines: Int) -> [DashboardEffect] {
        guard let old = page, let subject = areas[old.home].step(lines, in: context) else { return [] }
        return open(subject, like: old)
    }

    private mutating func filter(by words: String) -> [DashboardEffect] {
        guard let filter = areas.shown.filter, filter != words else { return [] }
        return carryOut(areas.shown.filter(by: words, in: context))
    }

    mutating func show(_ theme: Theme, isChosen: Bool) {
        if isChosen { context.options.themeFollowsTerminal = false }
        let detection = context.theme[.detection]
        context.theme = theme
        // The boxes lie in the pixels of the pictures that are shown: those are made anew.
        if context.options.pixelCell != nil, theme[.detection] != detection { context.pictures.remake() }
    }
}
