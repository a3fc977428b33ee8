/// What the foot of the screen offers: only what can be done now, by this client, to what is selected; the likeliest keys
/// first.
extension DashboardState {
    var keyBar: KeyBar {
        if let overlay { return KeyBar(overlay.hints(context), last: nil) }
        let help = KeyBar.Hint(.help, context.keys)
        if showsFunctionKeys { return functionKeys }
        let offer = shown.offer(in: context)
        var hints = available(offer.primary) + offer.hints
        let isSmall = FarmLayout(context.size).kind == .compact
        if isSmall { hints += available(offer.secondary) }
        return KeyBar(hints, tail: isSmall ? [] : available(offer.tail), last: help)
    }

    /// Beside the areas, where the line has room for them.
    var statusHints: KeyBar { KeyBar(available(shown.offer(in: context).secondary), last: nil) }

    private func available(_ commands: [Command]) -> [KeyBar.Hint] {
        commands.filter { refusal($0) == nil }.map { command in
            // A print at a machine ends there: the one thing that can be asked of it is to cancel.
            guard command == .finish, shown.focus(in: context)?.endsAtMachine == true else {
                return KeyBar.Hint(command, context.keys)
            }
            return KeyBar.Hint(context.keys.name(.finish), "cancel")
        }
    }

    /// The keys that other programs of this kind have there. Whatever the width, the way back and out is among them.
    private var functionKeys: KeyBar {
        let keys = (1...10).compactMap { number -> KeyBar.Hint? in
            guard let command = context.keys.command(.function(number), in: place), refusal(command) == nil else {
                return nil
            }
            return KeyBar.Hint("F\(number)", command.short)
        }
        var room = context.size.columns - 1
        var shown: Set<String> = []
        for key in ["F1", "F9", "F10", "F3", "F5", "F4", "F7", "F6", "F8", "F2"] {
            guard let hint = keys.first(where: { $0.key == key }), hint.width + 1 < room else { continue }
            shown.insert(key)
            room -= hint.width + 2
        }
        return KeyBar(keys.filter { shown.contains($0.key) }, last: nil)
    }
}
