internal import Farm

/// What the foot of the screen offers, area by area: the likeliest keys first.
extension DashboardState {
    var keyBar: KeyBar {
        if showsFunctionKeys { return .functionKeys(columns: size.columns) }
        if let detail { return KeyBar(hints(detail)) }
        return switch area {
        case .farm: KeyBar(farmHints)
        case .history: KeyBar(historyHints)
        case .oauth: KeyBar(oauthHints)
        case .system: KeyBar([.copy, .back, .areaFarm, .areaLog, .commandLine, .quit])
        case .log: KeyBar([.nextError, .logLevel, .logSource, .filter, .open, .back, .commandLine, .quit])
        }
    }

    private var farmHints: [Command] {
        if farm.printers.isEmpty { return [.newPrinter, .areaHistory, .areaOAuth, .commandLine, .quit] }
        let answers = selectedPrinter.map(answers) ?? []
        let first: [Command] =
            answers.isEmpty
            ? [.open, .start, .finish, .pause, .resume, .mute].filter { refusal($0) == nil || options.isReadOnly }
            : answers + [.open, .finish, .mute]
        return first + [.newPrinter, .nextView, .filter, .sort, .mark, .commandLine, .functionKeys]
    }

    /// The keys that answer what stands at a printer; empty when nothing does.
    private func answers(_ snapshot: PrinterSnapshot) -> [Command] {
        guard
            snapshot.alert == .standing || snapshot.openPrint?.pauseNotConfirmedAt != nil
                || snapshot.openPrint?.awaitsPause == true
        else { return [] }
        return [.acknowledge, .notAFailure, .wasAFailure, .confirmPause, .pause, .resume].filter {
            Self.condition(of: $0)?(snapshot) == nil
        }
    }

    private var historyHints: [Command] {
        if history.showsPeriods {
            return [.period, .nextView, .resultFilter, .shorterRange, .longerRange, .export, .back, .quit]
        }
        let judges: [Command] = history.selected?.alertedAt != nil ? [.notAFailure, .wasAFailure] : []
        let fails: [Command] = history.selected?.isOpen == false ? [.markFailed] : []
        return [.open] + judges + fails + [
            .nextView, .resultFilter, .historyPrinter, .shorterRange, .longerRange, .filter, .export, .back, .quit,
        ]
    }

    private var oauthHints: [Command] {
        if oauth.isInTokens { return [.revokeToken, .back, .commandLine, .quit] }
        return (farm.consents.isEmpty ? [] : [.approveConsent, .denyConsent]) + [
            .newClient, .editClient, .open, .rotateSecret, .disableClient, .removeClient, .revokeToken, .copy,
            .areaFarm, .commandLine,
        ]
    }

    private func hints(_ detail: PrinterDetail) -> [(key: StaticString, text: StaticString)] {
        let time: [(key: StaticString, text: StaticString)] = [
            ("←→", "time"), ("+-", "span"), ("t", detail.showsNumbers ? "why" : "numbers"), ("z", "zoom"),
            ("esc", "back"),
        ]
        guard case .printer(let id) = detail.subject, let snapshot = printer(id) else {
            let judged = print(of: detail)
            let judges: [Command] =
                (judged?.alertedAt != nil ? [.notAFailure, .wasAFailure] : [])
                + (judged?.isOpen == false ? [.markFailed] : [])
            return judges.map { ($0.key, $0.short) } + time
        }
        var commands = answers(snapshot)
        if snapshot.openPrint == nil {
            commands += (snapshot.print?.needsVerdict == true ? [.notAFailure, .wasAFailure] : []) + [.start]
        } else {
            if commands.isEmpty { commands = snapshot.openPrint?.pausedAt == nil ? [.pause] : [.resume] }
            commands += [.finish, .mute]
        }
        return commands.map { ($0.key, $0.short) } + time + [("e", "edit")]
    }
}
