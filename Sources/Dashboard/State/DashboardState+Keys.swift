internal import Farm

/// What comes from the terminal.
extension DashboardState {
    mutating func handle(_ event: TerminalEvent) -> [DashboardEffect] {
        switch event {
        case .resize(let size): context.size = size
        case .pixelPictures(let cell):
            context.options.pixelCell = cell
            context.pictures.remake()
        case .background(let isLight): follow(isLight: isLight)
        case .paste(let text): return carryOut(overlay?.paste(text) ?? [])
        case .mouse(let mouse): return handle(mouse)
        case .key(let key):
            context.message = nil
            lastKeyAt = context.now
            let effects = tell(.key)
            guard let overlay else { return effects + handle(key.unshifted) }
            return effects + handleOverlay(overlay.takesShiftedArrows ? key : key.unshifted)
        }
        return []
    }

    /// Takes the theme that suits the terminal's background, unless a person has chosen one.
    private mutating func follow(isLight: Bool) {
        guard context.options.themeFollowsTerminal, context.options.colors > .mono,
            let suited = context.options.themes.first(where: { $0.name == (isLight ? Theme.light : .defaultDark).name })
        else { return }
        show(suited, isChosen: false)
    }

    mutating func handle(_ key: Key) -> [DashboardEffect] {
        if let requests = withShown({ $0.handle(key, in: $1) }) { return carryOut(requests) }
        if page == nil, let step = ListCursor.Step(key) {
            areas.shown.move(step, in: context)
            return []
        }
        switch key {
        case .right where page == nil: return perform(.open)
        case .left where page == nil: return perform(.back)
        default: break
        }
        guard let command = context.keys.command(key, in: place) else {
            say(
                "\(key.name) does nothing here\(meaningElsewhere(key).map { " (\($0))" } ?? ""); "
                    + "\(context.keys.name(.help)) lists the keys.")
            return []
        }
        return perform(command)
    }

    /// What a key that means nothing here does in another place.
    private func meaningElsewhere(_ key: Key) -> String? {
        context.keys.elsewhere(key, than: place).map { "\($0.place.words(context.keys)): \($0.command.short)" }
    }

    mutating func handleOverlay(_ key: Key) -> [DashboardEffect] {
        carryOut(overlay?.handle(key, in: context) ?? [])
    }
}
