internal import Farm

extension DashboardState {
    /// Does a command, or says why it cannot be done now.
    mutating func perform(_ command: Command) -> [DashboardEffect] {
        if let reason = refusal(command) {
            say(reason, .warning)
            return []
        }
        switch command {
        case .notAFailure where isOnPrints, .wasAFailure where isOnPrints: return performOnHistory(command)
        case .archived: return [request(.listPrinters(includeArchived: true), done: "")]
        case .start, .finish, .pause, .confirmPause, .resume, .acknowledge, .notAFailure, .wasAFailure, .mute, .edit,
            .archive, .remove, .forgetCamera, .newPrinter, .undo, .light, .emergencyStop:
            return performOnPrinters(command)
        case .markFailed, .resultFilter, .historyPrinter, .longerRange, .shorterRange, .period, .export:
            return performOnHistory(command)
        case .logLevel, .logSource, .nextError: performOnLog(command)
        case .newClient, .editClient, .rotateSecret, .disableClient, .removeClient, .revokeToken:
            return performOnClients(command)
        case .copy: return copySelected()
        case .approveConsent, .denyConsent: return performOnConsents(command)
        case .filter:
            overlay = .prompt(
                Prompt(
                    purpose: .filter(previous: filterText), label: "/", field: TextField(filterText, longest: 200)))
        case .sort: overlay = .sortKeys
        case .sortByRisk:
            table.set(sort: .risk, isReversed: false)
            arrangeTable()
        case .mark:
            if let id = table.selected {
                table.toggleMark(id)
                move(.by(1))
            }
        case .markRange: table.markRange(farm.printers)
        case .markAll: table.toggleAllMarks(farm.printers)
        case .functionKeys: showsFunctionKeys.toggle()
        case .pickTheme: pickTheme()
        case .nextAlert: return goToNextAlert()
        case .numbers: detail?.showsNumbers.toggle()
        case .zoomPicture: detail?.isZoomed.toggle()
        case .wider: if detail?.changeSpan(by: 1) == false { say("The whole print is shown already.") }
        case .narrower: if detail?.changeSpan(by: -1) == false { say("There is no shorter time.") }
        case .open: return openSelected()
        case .back: return back()
        case .nextView: return nextView()
        case .areaFarm: return go(to: .farm)
        case .areaHistory: return go(to: .history)
        case .areaOAuth: return go(to: .oauth)
        case .areaLog: return go(to: .log)
        case .areaSystem: return go(to: .system)
        case .commandLine:
            overlay = .prompt(Prompt(purpose: .command, label: ":", field: TextField("", longest: 1000)))
        case .help: overlay = .help(HelpPanel())
        case .mouse:
            reportsMouse.toggle()
            say(
                reportsMouse
                    ? "The mouse is on." : "The mouse is off, so that text can be selected. F2 turns it on.")
            return [.mouse(reportsMouse)]
        case .redraw: return [.redraw]
        case .suspend: return [.suspend]
        case .quit: return quit()
        }
        return []
    }

    private mutating func openSelected() -> [DashboardEffect] {
        switch area {
        case _ where detail != nil:
            if detail?.isZoomed == true { say("There is nothing more to open; esc goes back.") }
            detail?.isZoomed = true
            return []
        case .farm: return table.selected.map { open(.printer($0)) } ?? []
        case .history: return history.selected.map { open(.print($0)) } ?? []
        case .oauth:
            enterTokens()
            return []
        case .log:
            guard let id = log.selected?.printer, printer(id) != nil else {
                say("This line is not about a printer of the farm.")
                return []
            }
            return open(.printer(id))
        case .system:
            say("There is nothing more to open here.")
            return []
        }
    }

    /// Leaves the innermost thing that is open.
    private mutating func back() -> [DashboardEffect] {
        if let detail {
            if detail.isZoomed {
                self.detail?.isZoomed = false
            } else if detail.moment != nil {
                self.detail?.moment = nil
            } else {
                self.detail = nil
            }
        } else if area == .oauth, oauth.isInTokens {
            oauth.isInTokens = false
        } else if area == .history, let effects = clearHistoryFilters() {
            return effects
        } else if area == .log, clearLogFilters() {
            return []
        } else if area != .farm {
            area = .farm
        } else if !table.marked.isEmpty {
            table.clearMarks()
        } else if !table.filter.isEmpty {
            table.set(filter: "")
            arrangeTable()
        }
        return []
    }

    /// The keys move among the tokens of the selected client, if it has any.
    private mutating func enterTokens() {
        oauth.isInTokens = !oauth.tokens.isEmpty
        guard !oauth.isInTokens else { return }
        say(selectedClient.map { "\($0.name) has no live tokens." } ?? "There is no client yet; c makes one.")
    }

    private mutating func nextView() -> [DashboardEffect] {
        if area == .oauth {
            if oauth.isInTokens { oauth.isInTokens = false } else { enterTokens() }
            return []
        }
        if area == .farm, detail == nil {
            if FarmLayout(size).kind == .compact {
                say("This screen is too small for cards and cameras.")
            } else {
                table.view = table.view.next
            }
            return []
        }
        if area == .history, detail == nil {
            history.showsPeriods.toggle()
            history.cursor = ListCursor()
            return loadHistory()
        }
        let areas = Area.allCases
        return go(to: areas[((areas.firstIndex(of: area) ?? 0) + 1) % areas.count])
    }

    mutating func go(to next: Area) -> [DashboardEffect] {
        detail = nil
        area = next
        switch next {
        case .history: return loadHistory()
        case .log: return openLog()
        case .farm, .oauth, .system: return []
        }
    }

    /// Selects the next printer that calls for a person; opens it where another view is open.
    private mutating func goToNextAlert() -> [DashboardEffect] {
        let alerting = alerting
        let current = alerting.firstIndex { $0.id == focusedPrinter?.id }
        let next = alerting[current.map { ($0 + 1) % alerting.count } ?? 0]
        if !table.rows.contains(where: { farm.printers[$0].id == next.id }) {
            table.set(filter: "")
            arrangeTable()
        }
        table.select(next.id, printers: farm.printers, visible: visibleRows)
        let old = detail
        let wasElsewhere = old != nil || area != .farm
        _ = go(to: .farm)
        return wasElsewhere ? open(.printer(next.id), like: old) : []
    }

    mutating func quit() -> [DashboardEffect] {
        let open = farm.printers.filter { $0.openPrint != nil }
        guard options.ownsFarm, !open.isEmpty else { return [.quit] }
        overlay = .confirm(
            Confirmation(
                title: "Quit?",
                lines: [
                    "\(count(open.count, "print")) \(open.count == 1 ? "reports" : "report") to this process. Until it "
                        + "runs again, no picture is judged and nobody is alerted.", "The prints themselves go on.",
                ], confirmedAction: .quit))
        return []
    }

    /// Keys judge prints of the past, not printers.
    private var isOnPrints: Bool { place == .history || place == .print }

    /// Why a command cannot be done now; nil when it can.
    func refusal(_ command: Command) -> String? {
        if command.changesFarm {
            if options.isReadOnly { return options.readOnlyReason }
            switch link {
            case .live: break
            case .connecting: return "The farm is not open yet."
            case .disconnected(let reason): return "Not connected: \(reason)"
            }
        }
        if isOnPrints { return historyRefusal(command) ?? clientRefusal(command) }
        if area == .oauth, options.isRemote, command.changesFarm {
            return "Clients can be changed only on the machine that runs the farm."
        }
        return printerRefusal(command) ?? clientRefusal(command)
    }

    private func historyRefusal(_ command: Command) -> String? {
        switch command {
        case .notAFailure, .wasAFailure:
            guard let print = judgedPrint else { return "There is no print to judge." }
            return print.alertedAt == nil ? "No alert was raised on \(print.filename)." : nil
        case .markFailed:
            guard let print = judgedPrint else { return "There is no print to judge." }
            return print.isOpen ? "\(print.filename) is still printing; f on its printer's page ends it." : nil
        case .undo: return undoable == nil ? "There is nothing to undo." : nil
        case .historyPrinter where history.printer == nil && history.selected == nil: return "There is no print."
        default: return nil
        }
    }

    /// The words that the shown list is filtered by.
    var filterText: String {
        switch area {
        case .history: history.search
        case .log: log.search
        case .farm, .oauth, .system: table.filter.text
        }
    }

    private func clientRefusal(_ command: Command) -> String? {
        switch command {
        case .copy where area != .oauth || detail != nil: return copyText == nil ? "There is nothing to copy." : nil
        case .editClient, .rotateSecret, .disableClient, .removeClient, .copy:
            guard let client = selectedClient else { return "There is no client yet; c makes one." }
            return command == .rotateSecret && !client.isConfidential
                ? "\(client.name) is a public client: it has no secret." : nil
        case .revokeToken:
            guard let client = selectedClient else { return "There is no client yet; c makes one." }
            return client.liveTokens == 0 && oauth.tokens.isEmpty ? "\(client.name) has no live tokens." : nil
        case .approveConsent, .denyConsent: return farm.consents.isEmpty ? "No app is waiting for access." : nil
        case .nextAlert: return tally.alerting.isEmpty ? "There is no alert." : nil
        case .open where area == .history && history.selected == nil: return "There is no print to open."
        default: return nil
        }
    }

    var selectedClient: ClientSummary? {
        farm.clients.indices.contains(oauth.cursor.index) ? farm.clients[oauth.cursor.index] : nil
    }
}
