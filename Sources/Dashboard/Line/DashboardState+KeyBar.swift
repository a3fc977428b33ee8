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
        let alerting = selectedPrinter?.print?.hasStandingAlert == true
        return (alerting ? [.acknowledge, .notAFailure, .pause, .open] : [.open, .start, .finish, .pause])
            + (alerting ? [.finish, .mute] : [.resume, .mute]) + [
                .newPrinter, .nextView, .filter, .sort, .mark, .commandLine, .functionKeys,
            ]
    }

    private var historyHints: [Command] {
        if history.showsPeriods {
            return [.period, .nextView, .resultFilter, .shorterRange, .longerRange, .export, .back, .quit]
        }
        let judges: [Command] = history.selected?.alertedAt != nil ? [.notAFailure, .wasAFailure] : []
        return [.open] + judges + [
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
            ("←→", "time"), ("+-", "span"), ("t", "scale"), ("z", "zoom"), ("esc", "back"),
        ]
        guard case .printer(let id) = detail.subject, let snapshot = printer(id) else { return time }
        var commands: [Command] = []
        if snapshot.print?.hasStandingAlert == true { commands += [.acknowledge, .notAFailure] }
        if let print = snapshot.openPrint {
            commands += print.pausedAt == nil ? [.pause] : print.awaitsPause ? [.pause, .resume] : [.resume]
            commands += [.finish, .mute]
        } else {
            commands += [.start]
        }
        return commands.map { ($0.key, $0.short) } + time + [("e", "edit")]
    }
}
